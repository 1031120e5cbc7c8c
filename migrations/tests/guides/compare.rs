//! Comparing what a page shows with what came.
//!
//! Lines are compared word by word, so that the width of a column does not matter. In a word, `…` stands for at least one
//! character and never for a space: `588…` or `2026-…`. A line that is `[…]` alone stands for any number of lines.

/// What stands for what changes from run to run.
pub const ANY: &str = "…";
/// Amounts may differ by less than this part of them,
const PART: f64 = 1e-4;
/// or, of those that are at least `CENT`, by less than this.
const ABSOLUTE: f64 = 0.005;
const CENT: f64 = 0.01;
/// The line that stands for lines.
pub const LINES: &str = "[…]";

/// A line's words; a rule of a table is as long as its columns, which does not matter.
fn words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in line.split_whitespace() {
        let mut short = String::new();
        for letter in word.chars() {
            if !(matches!(letter, '─' | '═') && short.ends_with(letter)) {
                short.push(letter);
            }
        }
        words.push(short);
    }
    words
}

/// A decimal and the marks around it: `(+1,000.5%` is 1000.5 between `(+` and `%`.
fn decimal(word: &str) -> Option<(f64, &str, &str)> {
    let start = word.find(|letter: char| letter.is_ascii_digit())?;
    let end = word.rfind(|letter: char| letter.is_ascii_digit())? + 1;
    let digits = &word[start..end];
    let plain = digits.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, '.' | ','));
    let value = digits.replace(',', "").parse().ok().filter(|_| plain)?;
    Some((value, &word[..start], &word[end..]))
}

/// Whether two words are amounts that differ by less than a ten-thousandth or half a cent: interest and fees run by the second,
/// and no two runs take equally long. Whole numbers have to be the same.
fn amounts_match(shown: &str, came: &str) -> bool {
    match (decimal(shown), decimal(came)) {
        (Some((shown_value, before, after)), Some((value, came_before, came_after))) => {
            let absolute = if shown_value.min(value) >= CENT { ABSOLUTE } else { 0.0 };
            (shown.contains('.') || came.contains('.'))
                && (before, after) == (came_before, came_after)
                && (shown_value - value).abs() <= (shown_value.abs() * PART).max(absolute)
        }
        _ => false,
    }
}

/// Whether a word is as shown.
pub fn word_matches(shown: &str, came: &str) -> bool {
    let Some((before, after)) = shown.split_once(ANY) else { return shown == came || amounts_match(shown, came) };
    let Some(mut rest) = came.strip_prefix(before) else { return false };
    loop {
        let mut letters = rest.chars();
        if letters.next().is_none() {
            return false;
        }
        rest = letters.as_str();
        if word_matches(after, rest) {
            return true;
        }
    }
}

/// Whether a line is as shown.
pub fn line_matches(shown: &str, came: &str) -> bool {
    let (shown, came) = (words(shown), words(came));
    shown.len() == came.len() && shown.iter().zip(&came).all(|(shown, came)| word_matches(shown, came))
}

/// Whether all lines are as shown.
pub fn matches(shown: &[String], came: &[String]) -> bool {
    match shown.split_first() {
        None => came.is_empty(),
        Some((line, rest)) if line.trim() == LINES => (0..=came.len()).any(|skipped| matches(rest, &came[skipped..])),
        Some((line, rest)) => {
            came.split_first().is_some_and(|(first, after)| line_matches(line, first) && matches(rest, after))
        }
    }
}

/// Why what is shown would not be much of a check: nothing certain is in it.
pub fn says_nothing(shown: &[String]) -> bool {
    // A word, or a line that is a number alone, such as an exit code.
    let certain = |line: &&String| {
        line.split_whitespace().any(|word| word.chars().filter(|letter| letter.is_alphanumeric()).count() > 2)
            || line.trim().parse::<u64>().is_ok()
    };
    !shown.is_empty() && shown.iter().filter(certain).count() == 0
        || shown.windows(2).any(|pair| pair.iter().all(|line| line.trim() == LINES))
}

/// The difference in words, for who has to find it.
pub fn difference(shown: &[String], came: &[String]) -> String {
    let first = shown
        .iter()
        .zip(came)
        .find(|(shown, came)| !line_matches(shown, came))
        .map_or_else(String::new, |(shown, came)| format!("first line that differs:\n- {shown}\n+ {came}\n"));
    format!("the page shows:\n{}\n\nwhat came:\n{}\n\n{first}", shown.join("\n"), came.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn numbers_count_and_widths_do_not() {
        assert!(line_matches("│ NAV ┆   10 │", "│ NAV     ┆ 10 │"));
        assert!(line_matches("┌───┬──┐", "┌─────┬────┐") && !line_matches("┌───┬──┐", "┌─────┐"));
        assert!(!line_matches("NAV 10", "NAV 11") && !line_matches("NAV 10", "NAV 10 USDC"));
    }

    #[test]
    fn amounts_may_differ_by_a_ten_thousandth_and_whole_numbers_not_at_all() {
        assert!(line_matches("(low 9999.999996, high 10000)", "(low 10000, high 10000)"));
        assert!(line_matches("1,000.05%", "1,000.15%") && !line_matches("1,000.05%", "1,000.16%"));
        assert!(
            !line_matches("0.000005 SOL", "0.00001 SOL")
                && !line_matches("-1.5", "1.5")
                && !line_matches("1.5", "1.5,")
        );
        assert!(line_matches("fee 0.559263", "fee 0.56205") && !line_matches("rate 2.24%", "rate 2.25%"));
        assert!(!line_matches("cap 5000000", "cap 5000001") && !line_matches("1.2.3", "1.2.4"));
    }

    #[test]
    fn a_placeholder_is_one_word_or_part_of_it() {
        assert!(line_matches("Slot …", "Slot 588") && !line_matches("Slot …", "Slot"));
        assert!(!line_matches("Slot …", "Slot 588 more"), "not the rest of the line");
        assert!(line_matches("4158.0… USDC", "4158.0091 USDC") && !line_matches("4158.0… USDC", "4158.1 USDC"));
        assert!(!line_matches("4158.0…", "4158.0"), "at least one character");
        assert!(line_matches("a…c…e", "abcde") && !line_matches("a…c…e", "abcd"));
    }

    #[test]
    fn a_line_of_it_is_any_lines_between_those_that_are_shown() {
        let shown = lines("first\n[…]\nlast");
        assert!(matches(&shown, &lines("first\nx\ny\nlast")) && matches(&shown, &lines("first\nlast")));
        assert!(!matches(&shown, &lines("first\nx")) && !matches(&shown, &lines("last\nfirst")));
        assert!(!matches(&[], &lines("x")), "nothing shown is nothing printed");
        assert!(!matches(&lines("…"), &lines("x\ny")), "a word is no lines");
    }

    #[test]
    fn a_page_has_to_say_something() {
        assert!(
            says_nothing(&lines("[…]"))
                && says_nothing(&lines("… ab …\n┌─┐"))
                && says_nothing(&lines("word\n[…]\n[…]"))
        );
        assert!(!says_nothing(&lines("Signature …")) && !says_nothing(&lines("0")) && !says_nothing(&[]));
    }
}
