//! Queued changes: where they lie, how long they wait, and whether they are still bound to what they replace.

use anchor_lang::{prelude::Pubkey, Discriminator};
use bytemuck::pod_read_unaligned;
use gimbal_control::{
    change::decode, queue::find_change, ChangeRecord, ChangeState, Refusal, Terms, CHANGE_DELAY, CHANGE_WINDOW,
};
use risk_oracle::instruction as oracle;
use risk_oracle::state::{Book, Feed, Network};
use strategy_router::instruction as router;
use strategy_router::state::{Change, LineVenue};

use super::report::Check;
use super::Facts;
use crate::chain::Chain;
use crate::pda::LineAddresses;
use crate::readers;

/// What a queue belongs to.
enum Target {
    Vault,
    Ledger,
    Book(Box<Book>),
    Feed(Box<Feed>),
    Network(Box<Network>),
}

/// One queue.
struct Queue {
    label: String,
    key: Pubkey,
    program: Pubkey,
    nonce: u64,
    target: Target,
}

pub(super) fn check(facts: &Facts) -> Vec<Check> {
    let mut checks = Vec::new();
    for queue in queues(facts) {
        match records(facts, &queue) {
            Ok(records) => {
                for (key, record) in records {
                    checks.extend(one(facts, &queue, &key, &record));
                }
            }
            Err(why) => checks.push(Check::unreadable(
                format!("change.{}", queue.label),
                "the queued changes are readable",
                why,
            )),
        }
    }
    checks
}

/// The queues of everything that the vault rests on.
fn queues(facts: &Facts) -> Vec<Queue> {
    let queue =
        |label: &str, key, program, nonce, target| Queue { label: label.to_owned(), key, program, nonce, target };
    let mut queues = vec![
        queue("vault", facts.key, vault::ID, facts.vault.change_nonce, Target::Vault),
        queue("ledger", facts.addresses.ledger, strategy_router::ID, facts.ledger.change_nonce, Target::Ledger),
    ];
    if let Some(book) = &facts.book {
        let target = Target::Book(Box::new(**book));
        queues.push(queue("book", facts.addresses.book, risk_oracle::ID, book.change_nonce, target));
    }
    if let (Some(Ok(network)), Some(book)) = (&facts.network, &facts.book) {
        let target = Target::Network(network.clone());
        queues.push(queue("network", book.network, risk_oracle::ID, network.change_nonce, target));
    }
    for (label, key) in facts.feeds() {
        // A feed that cannot be read is reported where its roles are.
        let Ok(feed) = readers::read::<Feed>(&facts.chain, &key) else { continue };
        queues.push(queue(&label, key, risk_oracle::ID, feed.change_nonce, Target::Feed(Box::new(feed))));
    }
    queues
}

/// The records of one queue, in the order of their numbers. All three programs keep them alike.
fn records(facts: &Facts, queue: &Queue) -> Result<Vec<(Pubkey, ChangeRecord)>, String> {
    let head = Change::DISCRIMINATOR.len();
    let accounts =
        facts.chain.program_accounts(&queue.program, Change::DISCRIMINATOR).map_err(|error| error.to_string())?;
    let mut records = Vec::new();
    for (key, account) in accounts {
        let body = account.data.get(head..head + core::mem::size_of::<ChangeRecord>());
        let body = body.ok_or_else(|| format!("the change {key} holds {} bytes", account.data.len()))?;
        let record: ChangeRecord = pod_read_unaligned(body);
        if record.target == queue.key {
            records.push((key, record));
        }
    }
    records.sort_by_key(|(_, record)| record.nonce);
    Ok(records)
}

fn one(facts: &Facts, queue: &Queue, key: &Pubkey, record: &ChangeRecord) -> [Check; 3] {
    let name = |part: &str| format!("change.{}.{}.{part}", queue.label, record.nonce);
    let derived = find_change(&record.target, record.nonce, &queue.program).0;
    let address = Check::must(
        name("address"),
        "the change lies at the address of its target and number, and its number was given",
        *key == derived && record.nonce < queue.nonce,
        format!("{derived}, number below {}", queue.nonce),
        format!("{key}, number {}", record.nonce),
    );
    [address, terms(facts, record, name("terms")), hash(facts, queue, record, name("hash"))]
}

/// How it waits.
fn terms(facts: &Facts, record: &ChangeRecord, name: String) -> Check {
    let mut broken = Vec::new();
    let wait = record.ready_at.saturating_sub(record.proposed_at);
    if wait < CHANGE_DELAY {
        broken.push(format!("it waits {wait} seconds"));
    }
    let window = record.expires_at.saturating_sub(record.ready_at);
    if window != CHANGE_WINDOW {
        broken.push(format!("it can be applied for {window} seconds"));
    }
    if record.proposed_at > facts.now() {
        broken.push(format!("it was proposed at {}, which is not yet", record.proposed_at));
    }
    if state(record).is_none() {
        broken.push(format!("its state is {}", record.state));
    }
    let rest = record.data.get(usize::from(record.data_len)..);
    if rest.is_none_or(|rest| rest.iter().any(|byte| *byte != 0)) {
        broken.push(format!("bytes follow the {} of its data", record.data_len));
    }
    Check::all(name, "the change waits as long as the program makes it, and is whole", 5, &broken)
}

fn state(record: &ChangeRecord) -> Option<ChangeState> {
    [ChangeState::Waiting, ChangeState::Vetoed, ChangeState::Applied]
        .into_iter()
        .find(|state| *state as u8 == record.state)
}

/// What it is bound to, hashed anew. A change that is over is bound to nothing any more.
fn hash(facts: &Facts, queue: &Queue, record: &ChangeRecord, name: String) -> Check {
    let rule = "the hash that a waiting change is bound to = the hash of what it replaces";
    let stored = hex::encode(record.fields_hash);
    if record.is_over(facts.now()) {
        let how = match state(record) {
            Some(ChangeState::Applied) => "applied",
            Some(ChangeState::Vetoed) => "vetoed",
            _ => "expired",
        };
        return Check::must(name, rule, true, stored, how);
    }
    match bound(facts, queue, record.data()) {
        Err(why) => Check::unreadable(name, rule, format!("{why}: it can never be applied; veto and close it")),
        Ok((instruction, terms)) => {
            let found = hex::encode(terms.fields_hash);
            Check::must(name, format!("{rule} ({instruction})"), stored == found, stored, found).explained(
                "what it replaces has moved since it was proposed, or its hash was tampered with: it can not be applied; \
                 veto and close it",
            )
        }
    }
}

/// The instruction that waits, and what it is bound to as that stands now.
fn bound(facts: &Facts, queue: &Queue, data: &[u8]) -> Result<(&'static str, Terms), String> {
    match &queue.target {
        Target::Vault => {
            use vault::instruction::{SetCurator, SetFees, SetGuardian, SetLimits};
            let names: [(&'static str, &[u8]); 4] = [
                ("set_fees", SetFees::DISCRIMINATOR),
                ("set_limits", SetLimits::DISCRIMINATOR),
                ("set_curator", SetCurator::DISCRIMINATOR),
                ("set_guardian", SetGuardian::DISCRIMINATOR),
            ];
            let terms = vault::change::terms_of(data, facts.vault).map_err(|error| error.to_string())?;
            Ok((named(&names, data), terms))
        }
        Target::Ledger => of_ledger(facts, data),
        Target::Book(book) => of_book(book, data),
        Target::Feed(feed) => of_feed(feed, data),
        Target::Network(network) => of_network(network, data),
    }
}

fn named(names: &[(&'static str, &[u8])], data: &[u8]) -> &'static str {
    names.iter().find(|(_, discriminator)| data.starts_with(discriminator)).map_or("unknown", |(name, _)| name)
}

fn of_ledger(facts: &Facts, data: &[u8]) -> Result<(&'static str, Terms), String> {
    if let Some(router::ApproveVenue { line, .. }) = decode(data).map_err(refused)? {
        let key = LineAddresses::of(&facts.addresses.ledger, line).venue;
        let venue: LineVenue = readers::read(&facts.chain, &key).map_err(|error| error.to_string())?;
        return Ok(("approve_venue", strategy_router::change::terms_of_venue(&venue)));
    }
    let names: [(&'static str, &[u8]); 6] = [
        ("set_limits", router::SetLimits::DISCRIMINATOR),
        ("add_strategy", router::AddStrategy::DISCRIMINATOR),
        ("set_bounds", router::SetBounds::DISCRIMINATOR),
        ("set_status", router::SetStatus::DISCRIMINATOR),
        ("set_curator", router::SetCurator::DISCRIMINATOR),
        ("set_guardian", router::SetGuardian::DISCRIMINATOR),
    ];
    let terms = strategy_router::change::terms_of(data, facts.ledger, None).map_err(|error| error.to_string())?;
    Ok((named(&names, data), terms))
}

fn of_book(book: &Book, data: &[u8]) -> Result<(&'static str, Terms), String> {
    if let Some(oracle::SetRisk { args }) = decode(data).map_err(refused)? {
        return Ok(("set_risk", risk_oracle::change::terms_of_risk(book, args.index)));
    }
    if let Some(oracle::SetLineRisk { args }) = decode(data).map_err(refused)? {
        return Ok(("set_line_risk", risk_oracle::change::terms_of_line_risk(book, args.line)));
    }
    if decode::<oracle::SetNetwork>(data).map_err(refused)?.is_some() {
        return Ok(("set_network", risk_oracle::change::terms_of_followed(book)));
    }
    if let Some(oracle::SetAsset { args }) = decode(data).map_err(refused)? {
        return Ok(("set_asset", risk_oracle::change::terms_of_asset(book, args.index)));
    }
    if let Some(oracle::SetLineModel { args }) = decode(data).map_err(refused)? {
        return Ok(("set_line_model", risk_oracle::change::terms_of_line_model(book, args.line)));
    }
    if decode::<oracle::SetRiskParams>(data).map_err(refused)?.is_some() {
        let terms = risk_oracle::change::terms_of_risk_params(book).map_err(|error| error.to_string())?;
        return Ok(("set_risk_params", terms));
    }
    if let Some(oracle::SetScenario { args }) = decode(data).map_err(refused)? {
        return Ok(("set_scenario", risk_oracle::change::terms_of_scenario(book, args.index)));
    }
    if decode::<oracle::SetNetwork>(data).map_err(refused)?.is_some() {
        return Ok(("set_network", risk_oracle::change::terms_of_followed(book)));
    }
    of_roles(&book.roles, data)
}

fn of_feed(feed: &Feed, data: &[u8]) -> Result<(&'static str, Terms), String> {
    if decode::<oracle::SetFeedParams>(data).map_err(refused)?.is_some() {
        let terms = risk_oracle::change::terms_of_params(feed).map_err(|error| error.to_string())?;
        return Ok(("set_feed_params", terms));
    }
    if decode::<oracle::SetModel>(data).map_err(refused)?.is_some() {
        let terms = risk_oracle::change::terms_of_model(feed).map_err(|error| error.to_string())?;
        return Ok(("set_model", terms));
    }
    of_roles(&feed.roles, data)
}

fn of_network(network: &Network, data: &[u8]) -> Result<(&'static str, Terms), String> {
    let names: [(&'static str, &[u8]); 4] = [
        ("set_protocol", oracle::SetProtocol::DISCRIMINATOR),
        ("set_edge_cap", oracle::SetEdgeCap::DISCRIMINATOR),
        ("set_poster", oracle::SetPoster::DISCRIMINATOR),
        ("set_network_params", oracle::SetNetworkParams::DISCRIMINATOR),
    ];
    if names.iter().all(|(_, discriminator)| !data.starts_with(discriminator)) {
        return of_roles(&network.roles, data);
    }
    let terms = risk_oracle::change::terms_of_network(data, network).map_err(|error| error.to_string())?;
    Ok((named(&names, data), terms))
}

fn of_roles(roles: &gimbal_control::Roles, data: &[u8]) -> Result<(&'static str, Terms), String> {
    if decode::<oracle::SetCurator>(data).map_err(refused)?.is_some() {
        return Ok(("set_curator", Terms::of_curator(roles)));
    }
    if decode::<oracle::SetGuardian>(data).map_err(refused)?.is_some() {
        return Ok(("set_guardian", Terms::of_guardian(roles)));
    }
    Err("its data is no instruction that may wait".to_owned())
}

fn refused(refusal: Refusal) -> String {
    format!("its data does not decode: {refusal}")
}
