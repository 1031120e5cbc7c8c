//! The documents name tests; a test that was renamed or removed must not go on being promised.
//!
//! A name is written `path/to/file.rs::function`, relative to the repository's root.

use std::{collections::BTreeMap, fs, path::Path};

/// Documents that promise tests, and how many each names at the least.
const DOCUMENTS: [(&str, usize); 3] = [("docs/attacks.md", 30), ("docs/invariants.md", 15), ("docs/client.md", 8)];

/// Each `file.rs::function` between backticks.
fn named_tests(text: &str) -> Vec<(String, String)> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .filter_map(|quoted| quoted.split_once(".rs::"))
        .map(|(file, function)| (format!("{file}.rs"), function.to_owned()))
        .collect()
}

#[test]
fn every_promised_test_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests folder lies in the repository");
    let mut sources: BTreeMap<String, String> = BTreeMap::new();
    let mut missing = Vec::new();
    for (document, at_least) in DOCUMENTS {
        let text = fs::read_to_string(root.join(document)).unwrap_or_else(|e| panic!("{document}: {e}"));
        let named = named_tests(&text);
        assert!(named.len() >= at_least, "{document} names {} tests, fewer than {at_least}", named.len());
        for (file, function) in named {
            let source =
                sources.entry(file.clone()).or_insert_with(|| fs::read_to_string(root.join(&file)).unwrap_or_default());
            if !source.contains(&format!("fn {function}(")) {
                missing.push(format!("{document}: {file}::{function}"));
            }
        }
    }
    assert!(missing.is_empty(), "promised tests that do not exist:\n{}", missing.join("\n"));
}

#[test]
fn every_attack_of_the_list_has_a_row() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests folder lies in the repository");
    let text = fs::read_to_string(root.join("docs/attacks.md")).expect("docs/attacks.md");
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| ")).collect();
    for number in 1..=50 {
        let row = rows
            .iter()
            .find(|row| row.starts_with(&format!("| {number} |")))
            .unwrap_or_else(|| panic!("docs/attacks.md has no row {number}"));
        assert!(
            row.contains(".rs::") || row.contains("with the ") || row.contains("cannot be written"),
            "row {number} names neither a test, nor the feature that brings it, nor why it cannot be written: {row}"
        );
    }
}
