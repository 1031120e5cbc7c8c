//! As many lines as a ledger holds, in one transaction.

use super::*;
use gimbal_tests::measure::{is_metered, last_instruction};

/// Most compute units that sixteen lines at once may take.
const CEILING: u64 = 350_000;

#[test]
fn sixteen_lines_at_once_fit_one_transaction() {
    let (mut fx, vault) = kind(16, 50 * USDC);
    let bob = Leaver::bob(&mut fx);
    let table = [bob.sources.iter().map(|source| source.mint).collect(), bob.receivers.clone()].concat();
    gimbal::setup::tables::extend(&mut fx.chain, &fx.deployment.actors, &mut fx.deployment.table, table).unwrap();
    let receipt = bob.take(&mut fx, &vault, (1, 10)).unwrap();
    assert_eq!((fx.balance(&bob.base), bob.received(&fx)), (20 * USDC, vec![5 * USDC; 16]));
    assert!((0..16).all(|place| values(&fx, place) == [45 * USDC; 4]));
    assert_eq!(fx.ledger().nav(now(&fx)).unwrap().low, 900 * USDC);
    if is_metered() {
        let units = last_instruction(&receipt.logs);
        assert!(units <= CEILING, "{units} units");
    }
}
