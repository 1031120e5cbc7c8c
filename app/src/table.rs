//! Tables for people.

use comfy_table::{presets::UTF8_FULL_CONDENSED, Attribute, Cell, CellAlignment, ContentArrangement, Table};

/// Label and value of one line.
pub type Row = (String, String);

/// A table whose first column is words and whose others are numbers.
pub fn table(header: &[&str]) -> Table {
    let mut table = words(header);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// A table of words.
pub fn words(header: &[&str]) -> Table {
    let mut table = Table::new();
    // As wide as its content, so that addresses can be copied whole and output does not depend on the terminal.
    table.load_preset(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Disabled);
    // On a terminal the header is bold and some cells are coloured, unless its user asks for none (no-color.org).
    if std::env::var_os("NO_COLOR").is_some_and(|asked| !asked.is_empty()) {
        table.force_no_tty();
    }
    table.set_header(header.iter().map(|name| Cell::new(name).add_attribute(Attribute::Bold)));
    table
}

/// Labels and values below each other, values aligned; one line each, or several where a value has several.
pub fn pairs(rows: &[Row]) -> String {
    let width = rows.iter().map(|(label, _)| label.chars().count()).max().unwrap_or_default();
    let mut out = String::new();
    for (label, value) in rows {
        let mut lines = value.split('\n');
        let first = lines.next().unwrap_or_default();
        out.push_str(&format!("  {label:<width$}  {first}").trim_end().replace('\t', " "));
        out.push('\n');
        for line in lines {
            out.push_str(&format!("  {:<width$}  {line}\n", ""));
        }
    }
    out
}

/// Appends a titled part, an empty line in front of it.
pub fn section(out: &mut String, title: &str, body: &str) {
    out.push_str(&format!("\n{title}\n{}\n", body.trim_end_matches('\n')));
}

/// A row from anything that can be shown.
pub fn row(label: impl Into<String>, value: impl ToString) -> Row {
    (label.into(), value.to_string())
}

/// Rows as one JSON object: the label "Shares minted" becomes the key "shares_minted". A label that comes twice gets a
/// list of its values.
pub fn object(rows: &[Row]) -> serde_json::Value {
    let mut object = serde_json::Map::new();
    for (label, value) in rows {
        let value = serde_json::Value::String(value.clone());
        match object.get_mut(&key(label)) {
            Some(serde_json::Value::Array(several)) => several.push(value),
            Some(one) => *one = serde_json::Value::Array(vec![one.take(), value]),
            None => drop(object.insert(key(label), value)),
        }
    }
    object.into()
}

/// A label as a key: lower case, words joined by underscores.
fn key(label: &str) -> String {
    let lower = label.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_line_up_and_keep_their_lines() {
        let rows = [row("Vault", "abc"), row("Share price", "1\n2"), row("Empty", "")];
        assert_eq!(pairs(&rows), "  Vault        abc\n  Share price  1\n               2\n  Empty\n");
    }

    #[test]
    fn labels_become_keys() {
        let rows = [row("Shares minted", 5), row("NAV (low)", "x"), row("Line", 1), row("Line", 2), row("Line", 3)];
        let expected = serde_json::json!({ "shares_minted": "5", "nav_low": "x", "line": ["1", "2", "3"] });
        assert_eq!(object(&rows), expected);
    }
}
