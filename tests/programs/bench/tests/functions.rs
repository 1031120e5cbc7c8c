//! A measurement of a function that refuses its input would measure nothing.

#[test]
fn every_measured_function_has_a_result() {
    for (name, function) in math_bench::FUNCTIONS {
        assert_eq!(function(), Ok(()), "{name}");
    }
}

#[test]
fn every_compared_function_takes_its_arguments() {
    let mut candidates = 0;
    for comparison in &math_bench::COMPARISONS {
        assert_eq!(comparison.candidates[0].of, "gimbal-math", "ours comes first");
        for candidate in comparison.candidates {
            assert_eq!((candidate.run)(), Ok(()), "{}", candidate.function);
            assert!(comparison.arguments.iter().all(|x| (candidate.at)(*x).is_some()), "{}", candidate.function);
            candidates += 1;
        }
    }
    assert_eq!(math_bench::candidates().count(), candidates);
    assert!(math_bench::FUNCTIONS.len() + candidates <= 256, "the index is one byte");
}
