//! A vault: from whatever state that passes its invariant, every flow keeps it, and a round trip never profits.
#![no_main]

use gimbal_fuzz::{base_of, load, Input};
use libfuzzer_sys::fuzz_target;
use strategy_router::Nav;
use vault::{
    preview,
    state::{Moment, Priced, Vault},
    VaultError,
};

fuzz_target!(|data: &[u8]| {
    let input = Input::new(data);
    let base = base_of::<Vault>(|vault| {
        vault.base_decimals = 6;
        (vault.shares, vault.deposited) = (1_000_000_000, 1_000_000_000);
        (vault.fees.mark, vault.fees.crystallised_at) = (1 << 40, 1_700_000_000);
        vault.limits.ticket_deadline = 7 * 86_400;
    });
    load::<Vault>(&input.account(&base), |vault| {
        if vault.invariant().is_err() || vault.fees.args().validate().is_err() {
            return;
        }
        let [low, apart, amount, _] = input.numbers;
        let nav = Nav { low, mid: low.saturating_add(apart >> 33), high: low.saturating_add(apart >> 32) };
        let at = Moment { now: input.time(3), nav };
        let flows: [(Preview, Flow); 4] = [
            (preview::deposit, Vault::deposit),
            (preview::mint, Vault::mint),
            (preview::withdraw, Vault::withdraw),
            (preview::redeem, Vault::redeem),
        ];
        for (preview, flow) in flows {
            let mut after = Box::new(*vault);
            let result = flow(&mut after, &at, amount);
            let shown = preview(vault, &nav, at.now, amount);
            assert_eq!(shown.is_ok(), result.is_ok(), "a preview is the flow");
            let Ok(priced) = result else { continue };
            assert_eq!(shown.ok(), Some(priced.flow));
            assert!(after.fees.mark >= vault.fees.mark || vault.shares + vault.fee_shares == 0, "the mark never falls");
            assert!(after.fee_shares >= vault.fee_shares);
            // An instant exit of shares that are in escrow is the token program's to refuse: nobody holds them.
            if after.shares >= vault.shares || after.shares >= vault.queued_shares.saturating_add(vault.passed_shares) {
                assert!(after.invariant().is_ok(), "a flow keeps the invariant");
            }
        }
        round_trip(vault, &at, amount);
    });
});

type Flow = fn(&mut Vault, &Moment, u64) -> Result<Priced, VaultError>;
type Preview = fn(&Vault, &Nav, i64, u64) -> Result<vault::math::Flow, VaultError>;

fn round_trip(vault: &Vault, at: &Moment, amount: u64) {
    let mut inside = Box::new(*vault);
    let Ok(entry) = inside.deposit(at, amount) else { return };
    let add = |value: u64| value.checked_add(amount);
    let (Some(low), Some(mid), Some(high)) = (add(at.nav.low), add(at.nav.mid), add(at.nav.high)) else { return };
    let after = Moment { now: at.now, nav: Nav { low, mid, high } };
    if let Ok(exit) = inside.redeem(&after, entry.flow.shares.0) {
        assert!(exit.flow.assets.0 <= amount, "in and out at one moment never profits");
    }
}
