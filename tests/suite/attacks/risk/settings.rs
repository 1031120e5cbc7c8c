//! A coerced owner, and the stolen keys of curator and guardian: nothing that hides what a line is exposed to, or lets it take
//! more, is in force at once; what tightens always is.

use crate::oracle::engine::*;
use crate::oracle::graph;
use crate::oracle::world::*;
use anchor_lang::prelude::Pubkey;
use gimbal::instructions::{network::set_network, oracle};
use risk_oracle::{AssessArgs, Exposure, RiskParams, SetAssetArgs, SetLineModelArgs, SetScenarioArgs, Verdict, NO_ROW};
use solana_instruction::Instruction;

/// A live book that limits what may be lost; a tenth of NAV lies in line 1, which moves with SOL, another in line 3, which
/// carries a risk.
fn at_work() -> World {
    let mut world = with_assets();
    let params = RiskParams { max_stress_bps: u16::MAX, ..RiskParams::CAUTIOUS };
    let (owner, address) = (pubkey("owner"), book());
    let setup = [
        set_params("owner", params),
        oracle::set_scenario(&owner, &address, crash(0)),
        oracle::set_risk(&owner, &address, risk(0, "venue:klend", 9_000, u64::MAX)),
        oracle::set_line_risk(&owner, &address, line_risk(3, &[0], 10_000, u64::MAX)),
    ];
    world.send(&setup, &["owner"]).unwrap();
    world.assess(held());
    world.send(&[oracle::stress(&book(), 0, 1)], &[]).unwrap();
    world
}

fn held() -> AssessArgs {
    let tenth = NAV / 10;
    let lent = Exposure { kind: 1, ..Exposure::none() };
    AssessArgs { line: NO_ROW, ..ask(0, 0, [tenth, 0, tenth], [outright(tenth), outright(0), lent]) }
}

fn crash(index: u8) -> SetScenarioArgs {
    scenario(index, "crash", [-4_000, -3_000])
}

/// What would hide an exposure or let a line take more, one after another.
fn loosened() -> Vec<Instruction> {
    let (owner, book) = (pubkey("owner"), book());
    let params = RiskParams { max_stress_bps: u16::MAX, ..RiskParams::CAUTIOUS };
    let set = |params| set_params("owner", params);
    let asset = |index, feed| oracle::set_asset(&owner, &book, SetAssetArgs { index, feed });
    let line = |args| oracle::set_line_model(&owner, &book, args);
    let none = SetScenarioArgs { index: 0, scenario: Default::default() };
    vec![
        // The line's asset is moved to none, or to a calmer one; the regime no longer scales it.
        line(model(1, 255)),
        line(model(1, 1)),
        line(SetLineModelArgs { scaled: false, ..model(1, 0) }),
        // The asset follows another feed; a row of no use is filled.
        asset(0, feeds()[1]),
        asset(2, feeds()[0]),
        // The worst scenario is taken out, or made mild.
        oracle::set_scenario(&owner, &book, none),
        oracle::set_scenario(&owner, &book, scenario(0, "crash", [-1, -1])),
        // A line is forgotten, or loses its risk, while money lies in it; another one is made known.
        oracle::set_line_risk(&owner, &book, line_risk(3, &[], 0, 0)),
        oracle::set_line_risk(&owner, &book, line_risk(3, &[], 1, 1)),
        oracle::set_line_risk(&owner, &book, line_risk(9, &[], 10_000, u64::MAX)),
        // Limits, evidence, hysteresis.
        set(RiskParams { max_var_bps: 501, ..params }),
        set(RiskParams { max_shortfall_bps: 701, ..params }),
        set(RiskParams { max_sample_age: params.max_sample_age + 1, ..params }),
        set(RiskParams { venue_confirm_seconds: params.venue_confirm_seconds + 1, ..params }),
        set(RiskParams { decay_bps: params.decay_bps - 1, ..params }),
        set(RiskParams { decay_bps: params.decay_bps + 1, ..params }),
        set(RiskParams { calm_days: params.calm_days - 1, ..params }),
        set(RiskParams { loosen_bps_per_day: params.loosen_bps_per_day + 1, ..params }),
        set(RiskParams { scales_bps: [10_000, 7_501, 5_000, 2_500], ..params }),
        set(RiskParams { exit_share_bps: params.exit_share_bps + 1, ..params }),
    ]
}

#[test]
fn a_coerced_owner_hides_no_exposure_at_once() {
    let mut world = at_work();
    for (place, instruction) in loosened().into_iter().enumerate() {
        // The second feed has a row already, whoever asks for it.
        let name = if (3..5).contains(&place) { "AssetRepeated" } else { "ChangeRequired" };
        world.refuse(name, instruction, &["owner"]);
    }
    let freed = oracle::set_asset(&pubkey("owner"), &book(), SetAssetArgs { index: 0, feed: Pubkey::default() });
    world.refuse("AssetInUse", freed, &["owner"]);
    let freed = oracle::set_asset(&pubkey("owner"), &book(), SetAssetArgs { index: 1, feed: Pubkey::default() });
    world.refuse("AssetInUse", freed, &["owner"]);
}

#[test]
fn curator_and_guardian_never_hide_one() {
    let mut world = at_work();
    for role in ["curator", "guardian", "stranger", "ledger"] {
        for mut instruction in loosened() {
            instruction.accounts[0].pubkey = pubkey(role);
            let before = world.accounts_hash();
            let refused = world.send(&[instruction], &[role]).unwrap_err();
            assert!(
                ["OnlyOwnerMayRaise", "NotOwner", "NotGuardian", "ChangeRequired"].contains(&refused.name().as_str()),
                "{role}: {refused}"
            );
            assert_eq!(before, world.accounts_hash());
        }
    }
}

/// A line that is forgotten while money lies in it could not be taken down by its regime any more, and would come back
/// without what contagion has left of it.
#[test]
fn a_line_in_use_is_not_forgotten_and_made_known_anew() {
    let mut world = at_work();
    let (owner, address) = (pubkey("owner"), book());
    let free = |role, line| oracle::set_line_risk(&pubkey(role), &address, line_risk(line, &[], 0, 0));
    world.refuse("ChangeRequired", free("owner", 3), &["owner"]);
    // Of a line without risks the same words are caps of zero: its money is stopped at once, and it stays known.
    for role in ["guardian", "owner"] {
        world.send(&[free(role, 1)], &[role]).unwrap();
        let book = world.book();
        assert_eq!(book.line(1).map(|line| (line.cap, line.exposure)), Some((0, NAV / 10)));
        assert_eq!((book.models[0].asset, book.figures.deltas[0]), (0, (NAV / 10) as i64));
        assert_eq!(world.assess(AssessArgs { line: 0, amount: 1, ..held() }).room, 0);
    }
    // So it is of the other line after the wait.
    let waited = world.waited(world.book, free("owner", 3));
    world.send(&[waited], &["owner"]).unwrap();
    assert_eq!(world.book().line(3).map(|line| (line.cap, line.risks)), Some((0, NO_RISKS)));
    // Once a line is empty, and has been reported as that, it is forgotten at once.
    world.assess(AssessArgs { line: NO_ROW, ..ask(0, 0, [0; 3], [outright(0); 3]) });
    world.send(&[free("owner", 1), free("owner", 3)], &["owner"]).unwrap();
    assert_eq!((world.book().line(1), world.book().line(3)), (None, None));
    let raised = oracle::set_line_risk(&owner, &address, line_risk(1, &[], 1, 1));
    world.refuse("ChangeRequired", raised, &["owner"]);
}

/// What tightens is in force at once, by whoever holds a role, whatever the state of the book.
#[test]
fn tightening_is_never_refused() {
    let mut world = at_work();
    // Everything that the book rests on is old, and the limit is breached by far.
    world.warp(30 * DAY);
    let breached = ask(0, 0, [NAV, 0, 0], [outright(NAV), outright(0), outright(0)]);
    let verdict = world.assess(AssessArgs { line: NO_ROW, ..breached });
    let expected = Verdict::CONCENTRATION | Verdict::STALE_RISK;
    assert_eq!(verdict.flags & expected, expected);
    let base = world.book().params;
    for (role, step) in [("curator", 1), ("guardian", 2), ("owner", 3)] {
        let params = RiskParams { max_var_bps: base.max_var_bps - step, calm_days: base.calm_days + step, ..base };
        let caps =
            oracle::set_line_risk(&pubkey(role), &book(), line_risk(1, &[], 1_000 - step, NAV / u64::from(step)));
        let protocol = SetLineModelArgs { protocol: 3, ..model(1, 0) };
        let reached = oracle::set_line_model(&pubkey(role), &book(), protocol);
        let added = oracle::set_scenario(&pubkey(role), &book(), crash(step as u8));
        world.send(&[set_params(role, params), caps, reached, added], &[role]).unwrap();
    }
    assert_eq!(world.book().params.max_var_bps, base.max_var_bps - 3);
}

/// Leaving a network and coming back, or going to a friendlier one, frees no line of what contagion has cut, before it has
/// waited.
#[test]
fn a_network_is_not_shaken_off() {
    let mut world = graph::followed();
    let lost = graph::lose(&world, graph::COIN, 10_000);
    world.send(&[lost, graph::solve(), graph::sync(&world)], &["poster"]).unwrap();
    let cut = world.book().models[0].contagion_bps;
    assert!(cut < 10_000);
    world.assess(graph::question(1, 1));
    let leave = set_network(&pubkey("owner"), &world.book, &Pubkey::default());
    world.refuse("ChangeRequired", leave.clone(), &["owner"]);
    // Naming the same network again changes nothing of what is cut.
    let same = set_network(&pubkey("owner"), &world.book, &graph::address());
    world.send(std::slice::from_ref(&same), &["owner"]).unwrap();
    assert_eq!(world.book().models[0].contagion_bps, cut);
    // Having left, which has waited, and come back: as before, once the damages are taken over.
    let leave = world.waited(world.book, leave);
    world.send(&[leave, same], &["owner"]).unwrap();
    let before = world.book();
    assert_eq!(before.contagion_scale(&before.models[0], world.now()), 0, "nothing is admitted until then");
    world.send(&[graph::solve(), graph::sync(&world)], &[]).unwrap();
    // Two days of a hundredth each have forgiven that much of the loss.
    assert!(world.book().models[0].contagion_bps <= cut + 200, "{}", world.book().models[0].contagion_bps);
}
