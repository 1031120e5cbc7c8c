//! Anchor's client, which speaks through Solana's client of the version before.

use crate::support::{World, LIMIT};
use anchor_client::{Client, Cluster};
use anchor_lang::prelude::Pubkey;
use anchor_lang::{AnchorDeserialize, AnchorSerialize, Discriminator, Event};
use base64::{engine::general_purpose::STANDARD as BASE64, Engine};
use gimbal::instructions::oracle;
use gimbal::setup::{Asset, Plan};
use gimbal_svm::native::{BuiltinFunctionDefinition, InvokeContext};
use gimbal_svm::ProgramSpec;
use risk_oracle::state::Feed;
use risk_oracle::RegisterFeedArgs;
use solana_commitment_config::CommitmentConfig;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;
use std::sync::{mpsc, Arc};

fn client(world: &World, payer: Arc<Keypair>) -> Client<Arc<Keypair>> {
    let cluster = Cluster::Custom(world.server.rpc_url.clone(), world.server.ws_url.clone());
    Client::new_with_options(cluster, payer, CommitmentConfig::confirmed())
}

#[test]
fn a_feed_is_registered_updated_and_found() {
    let world = World::start();
    let payer = Arc::new(world.funded());
    let program = client(&world, payer.clone()).program(risk_oracle::ID).unwrap();
    let (authority, asset) = (payer.pubkey(), Asset::Sol);
    let args = RegisterFeedArgs {
        feed_id: asset.feed_id(),
        second_feed_id: [0; 32],
        curator: Pubkey::new_unique(),
        guardian: Pubkey::new_unique(),
        params: Plan::default().feed_params,
    };
    let feed = oracle::feed_address(&authority, &asset.feed_id());
    program
        .request()
        .instruction(oracle::register_feed(&authority, &authority, args))
        .instruction(oracle::update_feed(&feed, &asset.price_account(), None))
        .send()
        .unwrap();

    // The feed's price is in USD × 10^12 a whole token.
    let stored: Feed = program.account(feed).unwrap();
    assert_eq!(stored.price, 150 * 1_000_000_000_000);
    let found: Vec<(Pubkey, Feed)> = program.accounts(vec![]).unwrap();
    assert_eq!(found.iter().map(|(key, _)| *key).collect::<Vec<_>>(), [feed]);
    assert!(program.rpc().get_balance(&authority).unwrap() < 10_000_000_000 - 10_000);

    // The same once more is refused with the program's log.
    let again = program.request().instruction(oracle::register_feed(&authority, &authority, args)).send();
    assert!(format!("{:?}", again.unwrap_err()).contains("already in use"));
}

/// An event as Anchor programs log it.
#[derive(AnchorSerialize, AnchorDeserialize, Debug, PartialEq)]
struct Rang {
    times: u64,
}

impl Discriminator for Rang {
    const DISCRIMINATOR: &'static [u8] = &[1, 2, 3, 4, 5, 6, 7, 8];
}

impl Event for Rang {
    fn data(&self) -> Vec<u8> {
        let mut data = Self::DISCRIMINATOR.to_vec();
        self.serialize(&mut data).unwrap();
        data
    }
}

const BELL: Pubkey = Pubkey::new_from_array([0x62; 32]);

/// A program that logs what it is given as an event. Anchor's own `emit!` logs only on bytecode.
struct Bell;

impl BuiltinFunctionDefinition<InvokeContext<'static, 'static>> for Bell {
    type Error = Box<dyn std::error::Error>;

    fn rust(
        context: &mut InvokeContext<'static, 'static>,
        _: u64,
        _: u64,
        _: u64,
        _: u64,
        _: u64,
    ) -> Result<u64, Self::Error> {
        context.compute_meter.consume_checked(100)?;
        let instruction = context.transaction_context.get_current_instruction_context()?;
        let event = Rang { times: u64::from_le_bytes(instruction.get_instruction_data().try_into()?) };
        let line = format!("Program data: {}", BASE64.encode(event.data()));
        if let Some(log) = context.get_log_collector() {
            log.borrow_mut().log(&line);
        }
        Ok(0)
    }
}

#[test]
fn events_are_heard() {
    let world = World::start();
    let spec = ProgramSpec { name: "bell", id: BELL, native: Bell::register, upgrade_authority: None };
    world.server.chain().chain_mut().svm_mut().add_program(&spec).unwrap();
    let payer = Arc::new(world.funded());
    let program = client(&world, payer.clone()).program(BELL).unwrap();
    let (told, heard) = mpsc::channel();
    let subscription = program
        .on(move |context, event: Rang| {
            let _ = told.send((context.signature, event));
        })
        .unwrap();
    // The client subscribes in the background: it is rung until it hears.
    let begun = std::time::Instant::now();
    let mut sent = Vec::new();
    let (signature, event) = loop {
        let times = sent.len() as u64;
        let ring = Instruction { program_id: BELL, accounts: vec![], data: times.to_le_bytes().to_vec() };
        sent.push(program.request().instruction(ring).send().unwrap());
        if let Ok(heard) = heard.recv_timeout(std::time::Duration::from_millis(200)) {
            break heard;
        }
        assert!(begun.elapsed() < LIMIT, "no event was heard");
    };
    assert_eq!(sent.get(event.times as usize), Some(&signature));
    subscription.unsubscribe();
}
