use super::*;

const HEADER: &str = "date,asset,open,high,low,close\n";

fn read(text: &str) -> Vec<Series> {
    parse("p.csv", "p", text.as_bytes()).expect("a good file")
}

fn refusal(text: &str) -> String {
    let message = parse("p.csv", "p", text.as_bytes()).expect_err("must be refused").to_string();
    assert!(!message.contains('\n'), "one line: {message}");
    message
}

fn names(series: &[Series]) -> Vec<&str> {
    series.iter().map(|one| one.asset.as_str()).collect()
}

#[test]
fn any_asset_and_uneven_days_are_read() {
    let series = read(&format!(
        "{HEADER}2027-03-01,DOGE,0.1,0.12,0.09,0.11\n2030-01-01,Gold 999,2000,2001,1999,2000\n\
         2027-03-02,DOGE,0.11,0.13,0.1,0.12\n2027-03-05,DOGE,0.12,0.13,0.1,0.12\n"
    ));
    assert_eq!(names(&series), ["DOGE", "Gold 999"]);
    assert_eq!((series[0].days.len(), series[0].missing(), series[1].missing()), (3, 2, 0));
    assert_eq!((series[0].days[2].1.low, series[0].exponent), (100_000_000_000, 0));
}

#[test]
fn rows_in_any_order_are_read_in_the_order_of_days() {
    let rows = ["2027-03-01,A,1,2,1,2", "2027-03-02,A,2,3,2,3", "2027-03-03,A,3,3,2,2"];
    let forward = read(&format!("{HEADER}{}\n", rows.join("\n")));
    let newest_first: Vec<&str> = rows.iter().rev().copied().collect();
    assert_eq!(read(&format!("{HEADER}{}\n", newest_first.join("\n"))), forward);
}

#[test]
fn files_of_other_tools_are_read_as_the_plain_one() {
    let plain = read(&format!("{HEADER}2024-02-28,p,1.5,2,1,1.75\n2024-02-29,p,1.75,3,1.5,2.5\n"));
    for (what, text) in [
        ("CRLF", format!("{}2024-02-28,p,1.5,2,1,1.75\r\n2024-02-29,p,1.75,3,1.5,2.5\r\n", HEADER.replace('\n', "\r\n"))),
        ("a mark in front", format!("\u{feff}{HEADER}2024-02-28,p,1.5,2,1,1.75\n2024-02-29,p,1.75,3,1.5,2.5\n")),
        ("quotes", "\"date\",\"asset\",\"open\",\"high\",\"low\",\"close\"\n\"2024-02-28\",\"p\",\"1.5\",\"2\",\"1\",\"1.75\"\n\"2024-02-29\",\"p\",\"1.75\",\"3\",\"1.5\",\"2.5\"\n".to_owned()),
        ("empty lines and no last newline", format!("\n{HEADER}\n2024-02-28,p,1.5,2,1,1.75\n\n,,,,,\n2024-02-29,p,1.75,3,1.5,2.5")),
        ("one asset with volume", "Date,Open,High,Low,Close,Adj Close,Volume\n2024-02-28,1.5,2,1,1.75,1.7,9\n2024-02-29,1.75,3,1.5,2.5,2.4,\n".to_owned()),
        ("another order", "Close;Low;High;Open;Symbol;Timestamp\n1.75;1;2;1.5;p;1709078400\n2.5;1.5;3;1.75;p;1709164800\n".to_owned()),
        ("blanks and times", "date , asset,open,high,low,close\n2024-02-28T00:00:00Z, p ,1.5, 2,1 ,1.75\n2024-02-29 00:00:00, p,1.75,3,1.5,2.5\n".to_owned()),
        ("powers of ten", format!("{HEADER}2024-02-28,p,15e-1,2.0,1e0,1.75\n2024-02-29,p,1.75,0.3E+1,1.5,2.5\n")),
        ("a cell too many", format!("{HEADER}2024-02-28,p,1.5,2,1,1.75,\n2024-02-29,p,1.75,3,1.5,2.5\n")),
    ] {
        assert_eq!(read(&text), plain, "{what}");
    }
}

#[test]
fn rounding_of_other_tools_widens_the_day() {
    // The high of a floating-point average lies a hair below the close.
    let series = read(&format!("{HEADER}2024-02-28,A,1.5,2,1,2.000000000001\n"));
    assert_eq!((series[0].days[0].1.high, series[0].days[0].1.close), (2_000_000_000_001, 2_000_000_000_001));
    assert!(refusal(&format!("{HEADER}2024-02-28,A,1.5,2,1,2.00000001\n")).contains("close lies above high"));
}

#[test]
fn what_is_wrong_is_refused_with_its_line() {
    let rows = |second: &str| format!("{HEADER}2027-03-02,A,1,1,1,1\n\n{second}\n");
    let says = |second: &str| refusal(&rows(second));
    assert_eq!(
        says("2027-03-02,A,1,1,1,1"),
        "p.csv:4: A has a second row for 2027-03-02, the first is on line 2; keep one row a day, made of the whole day"
    );
    assert!(says("2027-03-03,,1,1,1,1").starts_with("p.csv:4: asset \"\" is no name"));
    assert!(says(&format!("2027-03-03,{},1,1,1,1", "x".repeat(33))).starts_with("p.csv:4: asset"));
    assert!(says("03/02/2027,A,1,1,1,1").starts_with("p.csv:4: date \"03/02/2027\" is no day; write it as YYYY-MM-DD"));
    assert!(says("2027-03-03,A,1,1,1").starts_with("p.csv:4: has 5 fields, and the header 6"));
    assert!(says("2027-03-03,A,29,300,30,100,29,000,29,100").starts_with("p.csv:4: has 10 fields, and the header 6"));
    assert!(says("2027-03-03,A,1,1,2,1").starts_with("p.csv:4: low lies above high"));
    assert!(says("2027-03-03,A,3,2,1,1").starts_with("p.csv:4: open lies above high"));
    assert!(says("2027-03-03,A,1,3,2,2").starts_with("p.csv:4: low lies above open"));
    assert!(says("2027-03-03,A,2,3,2,1").starts_with("p.csv:4: low lies above close"));
    assert!(says("2027-03-03,A,1,1,0,1").starts_with("p.csv:4: low \"0\" is not above zero"));
    assert!(says("2027-03-03,A,1,1,-1,1").starts_with("p.csv:4: low \"-1\" is not above zero"));
    assert!(says("2027-03-03,A,1,NaN,1,1").starts_with("p.csv:4: high \"NaN\" is no value: leave the row out"));
    assert!(says("2027-03-03,A,1,1,1,").starts_with("p.csv:4: close \"\" is no value"));
    assert!(says("2027-03-03,A,one,1,1,1").starts_with("p.csv:4: open \"one\" is not a plain decimal number"));
    let mut bytes = rows("2027-03-03,A,1,1,1,1").into_bytes();
    bytes.extend_from_slice(b"2027-03-04,\xff,1,1,1,1\n");
    let error = parse("p.csv", "p", &bytes).expect_err("refused").to_string();
    assert!(error.starts_with("p.csv:5: is not valid UTF-8"), "{error}");
}

#[test]
fn files_without_rows_or_header_are_refused() {
    for empty in ["", "\n\n", HEADER, "\u{feff}"] {
        assert!(refusal(empty).starts_with("p.csv has no price rows; add one row per asset and day"), "{empty:?}");
    }
    assert!(refusal("day,asset,open,high,low\n")
        .starts_with("p.csv:1: the header \"day,asset,open,high,low\" has no column close"));
    assert!(refusal("\n2027-03-02,A,1,1,1,1\n").starts_with("p.csv:2: the header"));
    // Lines are counted whatever ends them.
    for end in ["\n", "\r\n", "\r"] {
        let text = format!("{HEADER}\n2027-03-02,A,1,1,1,1\n\n2027-03-02,A,1,1,1,1\n").replace('\n', end);
        assert!(refusal(&text).starts_with("p.csv:5: A has a second row"), "{end:?}");
    }
}

#[test]
fn dear_and_cheap_assets_come_in_another_unit() {
    let series = read(&format!(
        "{HEADER}2027-03-02,Rupiah,900000000,950000000,880000000,910000000\n2027-03-02,Dust,1e-9,2e-9,5e-10,1e-9\n"
    ));
    assert_eq!((series[0].exponent, series[0].days[0].1.open), (-3, 900_000_000_000_000_000));
    assert_eq!((series[1].exponent, series[1].days[0].1.low), (7, 5_000_000_000));
    let wide = refusal(&format!("{HEADER}2027-03-02,Dust,1e-20,1e-20,1e-20,1e-20\n2027-03-03,Dust,9e6,9e6,9e6,9e6\n"));
    assert!(wide.starts_with("p.csv: Dust has prices so far apart"), "{wide}");
}

#[test]
fn assets_can_be_chosen() {
    let file = PriceFile {
        name: "p.csv".to_owned(),
        sha256: String::new(),
        series: read(&format!("{HEADER}2027-03-02,A,1,1,1,1\n2027-03-02,B,1,1,1,1\n2027-03-02,C,1,1,1,1\n")),
    };
    let only = |assets: &[&str]| file.clone().only(&assets.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>());
    assert_eq!(names(&only(&[]).expect("all").series), ["A", "B", "C"]);
    assert_eq!(names(&only(&["C", "A"]).expect("two").series), ["A", "C"]);
    assert_eq!(only(&["a"]).expect_err("none").to_string(), "p.csv has no asset a; it has A, B, C");
}

#[test]
fn a_missing_file_says_what_to_do() {
    let message = PriceFile::read(Path::new("no/such.csv")).expect_err("missing").to_string();
    assert_eq!(message, "cannot read no/such.csv: no such file or directory; give --prices a readable CSV file");
}
