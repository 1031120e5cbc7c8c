//! Everything that somebody with a small purse can do, in any order and number.

use super::*;
use std::collections::HashSet;

/// A player's purse and shares, and the pool.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Game<const V: u64> {
    books: Books<V>,
    cash: u64,
    held: u64,
}

impl<const V: u64> Game<V> {
    fn is_priced(self) -> bool {
        self.books.assets + V > 0 && self.books.shares + V > 0
    }

    /// Every position after one move.
    fn moves(self) -> Vec<Self> {
        let Self { books, cash, held } = self;
        let mut next = Vec::new();
        if !self.is_priced() {
            return next;
        }
        for paid in 1..=cash {
            let minted = books.deposit(paid);
            next.push(Self { books: books.entered(paid, minted), cash: cash - paid, held: held + minted });
            next.push(Self { books: books.entered(paid, 0), cash: cash - paid, held });
        }
        for minted in (1..).take_while(|shares| *shares <= 3 * (cash + 1) && books.mint(*shares) <= cash) {
            let paid = books.mint(minted);
            next.push(Self { books: books.entered(paid, minted), cash: cash - paid, held: held + minted });
        }
        for burnt in 1..=held {
            let received = books.redeem(burnt);
            next.push(Self { books: books.left(received, burnt), cash: cash + received, held: held - burnt });
        }
        for received in (1..=books.assets).take_while(|assets| books.withdraw(*assets) <= held) {
            let burnt = books.withdraw(received);
            next.push(Self { books: books.left(received, burnt), cash: cash + received, held: held - burnt });
        }
        next
    }

    /// Plays every move from here on, whatever it leads to, and returns how many positions there are. Each is checked
    /// before its own moves are: where a move profits, there would be no end of them.
    fn play(self) -> usize {
        let (start, mut seen, mut open) = (self, HashSet::from([self]), vec![self]);
        while let Some(game) = open.pop() {
            let worth = if game.is_priced() { game.books.redeem(game.held) } else { 0 };
            assert!(
                start.held == 0 && game.cash + worth <= start.cash,
                "V {V}, {} over {}: {} and {} shares at {} over {}",
                start.books.assets,
                start.books.shares,
                game.cash,
                game.held,
                game.books.assets,
                game.books.shares
            );
            assert!(game.books.is_worth_at_least(start.books));
            open.extend(game.moves().into_iter().filter(|next| seen.insert(*next)));
        }
        seen.len()
    }
}

/// How many positions there were to check.
fn no_game_profits<const V: u64>() -> usize {
    pools::<V>(8).map(|books| Game { books, cash: 16, held: 0 }.play()).sum()
}

#[test]
fn no_sequence_of_flows_and_donations_profits() {
    let positions = no_game_profits::<0>()
        + no_game_profits::<1>()
        + no_game_profits::<2>()
        + no_game_profits::<3>()
        + no_game_profits::<4>();
    assert!(positions > 60_000, "{positions}");
}

/// The attacker puts `seed` into an empty pool, gives `gift`, lets `V` victims deposit the same `amount` each without a
/// bound, and leaves. A victim loses less than what a share is worth; raising that by a unit had cost `V` units.
fn inflation<const V: u64>() {
    for seed in 0..=12 {
        for gift in 0..=40 {
            let empty = Books::<V> { assets: 0, shares: 0 };
            let held = empty.deposit(seed);
            for amount in 1..=40 {
                let mut books = empty.entered(seed, held).entered(gift, 0);
                for victims in 1..=V {
                    books = books.entered(amount, books.deposit(amount));
                    assert!(books.redeem(held) < seed + gift + victims, "V {V}: {seed}, {gift}, {amount}");
                }
            }
        }
    }
}

#[test]
fn making_shares_dear_gains_nothing_from_as_many_victims_as_there_are_virtual_shares() {
    inflation::<1>();
    inflation::<2>();
    inflation::<3>();
    inflation::<4>();
}
