//! New output for a page, from two runs: what differs between them becomes a placeholder.

use super::compare::{line_matches, matches, word_matches, ANY, LINES};

/// Letters of a signature in base58.
const SIGNATURE: std::ops::RangeInclusive<usize> = 86..=88;

/// What a page should show for a step: what it shows now where that still holds, else what came, with placeholders.
pub fn lines(shown: &[String], first: &[String], second: &[String]) -> Vec<String> {
    if matches(shown, first) && matches(shown, second) {
        return shown.to_vec();
    }
    if first.len() != second.len() {
        return first.iter().map(|line| line_of(line, line)).collect();
    }
    let mut old = shown;
    first
        .iter()
        .zip(second)
        .map(|(first, second)| {
            let kept = old.iter().position(|line| line_matches(line, first) && line_matches(line, second));
            match kept {
                Some(place) if old[place].trim() != LINES => {
                    let line = old[place].clone();
                    old = &old[place + 1..];
                    line
                }
                _ => line_of(first, second),
            }
        })
        .collect()
}

/// One line of the first run, with placeholders for what changes.
fn line_of(first: &str, second: &str) -> String {
    let words: Vec<&str> = first.split_whitespace().collect();
    let others: Vec<&str> = second.split_whitespace().collect();
    let mut line = String::new();
    let mut rest = first;
    for (place, word) in words.iter().enumerate() {
        let start = rest.find(word).expect("a word of the line is in it");
        line.push_str(&rest[..start]);
        rest = &rest[start + word.len()..];
        let number = word.chars().all(|letter| letter.is_ascii_digit());
        // An age of some seconds, and a slot, are never the same for long.
        let changes = number
            && (word.len() < 4 && words.get(place + 1) == Some(&"s")
                || place > 0 && words[place - 1].eq_ignore_ascii_case("slot"));
        // Hundredths of a cent come and go with the second; fees of the network do not.
        let dust = word.starts_with("0.00")
            && !words.get(place + 1).is_some_and(|unit| unit.starts_with("SOL"))
            && !(place > 0 && words[place - 1] == "±");
        let shown = if dust {
            format!("0.0{ANY}")
        } else if changes {
            ANY.to_owned()
        } else {
            word_of(word, others.get(place).unwrap_or(&""))
        };
        let narrower = word.chars().count().saturating_sub(shown.chars().count());
        line.push_str(&shown);
        if rest.trim_start().starts_with(['┆', '│']) {
            line.push_str(&" ".repeat(narrower));
        }
    }
    line.push_str(rest);
    line.trim_end().to_owned()
}

/// One word, with a placeholder for what changes; marks around it stay.
fn word_of(first: &str, second: &str) -> String {
    for mark in [',', ';', ')', '%'] {
        if let (Some(first), Some(second)) = (first.strip_suffix(mark), second.strip_suffix(mark)) {
            return format!("{}{mark}", word_of(first, second));
        }
    }
    for mark in ['(', '+', '-', '"'] {
        if let (Some(first), Some(second)) = (first.strip_prefix(mark), second.strip_prefix(mark)) {
            return format!("{mark}{}", word_of(first, second));
        }
    }
    let bytes = first.as_bytes();
    let dated = bytes.len() >= 10 && first.starts_with("20") && bytes[4] == b'-' && bytes[7] == b'-';
    let timed = bytes.len() == 5 && bytes[2] == b':' && first.chars().all(|c| c.is_ascii_digit() || c == ':');
    let signature = SIGNATURE.contains(&bytes.len()) && first.chars().all(|letter| letter.is_ascii_alphanumeric());
    if dated || timed || signature {
        return ANY.to_owned();
    }
    let rule = |word: &str| word.contains(['─', '═']);
    if word_matches(first, second) || rule(first) && rule(second) {
        return first.to_owned();
    }
    let same: String = first.chars().zip(second.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect();
    // A decimal keeps its whole part and what stands still behind the point, but for one digit.
    match same.split_once('.') {
        Some((whole, digits)) if !whole.is_empty() && whole.chars().all(|c| c.is_ascii_digit()) => {
            format!("{whole}.{}{ANY}", &digits[..digits.len().saturating_sub(1)])
        }
        _ => ANY.to_owned(),
    }
}

#[test]
fn what_differs_becomes_a_placeholder_and_what_holds_stays() {
    let all = |text: &str| -> Vec<String> { text.lines().map(str::to_owned).collect() };
    let new = lines(
        &all("old\nSlot 58…"),
        &all("Paid 10.0123 USDC of 5.00001\nSlot 5812 at 2026-01-01\n│ 12 ┆ x │"),
        &all("Paid 10.0199 USDC of 5.00002\nSlot 5899 at 2026-01-01\n│ 13 ┆ x │"),
    );
    assert_eq!(new, ["Paid 10.0… USDC of 5.00001", "Slot … at …", "│ …  ┆ x │"]);
    let kept = lines(&all("Slot 58…"), &all("Slot 5812"), &all("Slot 5813"));
    assert_eq!(kept, ["Slot 58…"]);
    assert_eq!(lines(&[], &all("3 s ago"), &all("3 s ago")), ["… s ago"]);
}
