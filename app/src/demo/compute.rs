//! Compute units of each instruction of a transaction, read from its log.

/// Pairs the transaction's own instructions, by name and in order, with the units that the log gives them, calls into
/// other programs included. An instruction that the log does not tell of (a log cut short) is left out.
pub fn per_instruction(names: &[&'static str], logs: &[String]) -> Vec<(&'static str, u64)> {
    let mut units = Vec::with_capacity(names.len());
    let mut depth = 0usize;
    let mut index = 0usize;
    let mut measured = None;
    for line in logs {
        let Some(rest) = line.strip_prefix("Program ") else { continue };
        let mut words = rest.split(' ');
        let (_, verb) = (words.next(), words.next());
        match verb {
            Some("invoke") => depth += 1,
            Some("consumed") if depth == 1 => measured = words.next().and_then(|number| number.parse().ok()),
            Some("success") => {
                if depth == 1 {
                    if let (Some(name), Some(units_used)) = (names.get(index), measured.take()) {
                        units.push((*name, units_used));
                    }
                    index += 1;
                }
                depth = depth.saturating_sub(1);
            }
            _ => {}
        }
    }
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(|line| line.trim().to_owned()).collect()
    }

    #[test]
    fn units_belong_to_the_outer_instruction() {
        let logs = lines(
            "Program ComputeBudget111111111111111111111111111111 invoke [1]
             Program ComputeBudget111111111111111111111111111111 success
             Program Aaaa invoke [1]
             Program log: Instruction: UpdateFeed
             Program Aaaa consumed 8100 of 399850 compute units
             Program Aaaa success
             Program Bbbb invoke [1]
             Program Cccc invoke [2]
             Program Cccc consumed 3000 of 380000 compute units
             Program Cccc success
             Program Bbbb consumed 41000 of 391750 compute units
             Program return: Bbbb AQ==
             Program Bbbb success",
        );
        let names = ["limit", "update_feed", "deposit"];
        assert_eq!(per_instruction(&names, &logs), [("update_feed", 8_100), ("deposit", 41_000)]);
    }

    #[test]
    fn a_log_cut_short_gives_what_it_has() {
        let logs = lines(
            "Program Aaaa invoke [1]
             Program Aaaa consumed 10 of 20 compute units
             Program Aaaa success
             Log truncated",
        );
        assert_eq!(per_instruction(&["one", "two"], &logs), [("one", 10)]);
        assert!(per_instruction(&["one"], &[]).is_empty());
    }
}
