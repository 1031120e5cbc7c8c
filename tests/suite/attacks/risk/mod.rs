//! Attacks on the risk engine and on what the router makes of it: signals raised by whoever is paid for them, settings that
//! hide what a line is exposed to, books that answer nothing, and money that goes in past a limit.

mod extremes;
mod limits;
mod rewards;
mod settings;
mod signals;
mod states;

/// Numbers that look random and are the same in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn either<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize]
    }
}
