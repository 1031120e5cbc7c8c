//! A keeper in a process of its own, which can kill itself with SIGKILL at any step of its loop: this test program,
//! started once more for the same test.

use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use gimbal::keeper::desk::Desk;
use gimbal::keeper::executor::Settings;
use gimbal::keeper::planner::Planner;
use gimbal::keeper::step::Step;
use serde::{Deserialize, Serialize};
use signal_hook::consts::SIGKILL;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::transfers::{account, connect, executor, open_journal, settings, Transfers};
use crate::vaults;

/// Makes this program the keeper that an [`Order`] describes.
const ORDER: &str = "GIMBAL_TEST_KEEPER";
/// It ended because it was killed.
pub const KILLED: Result<i32, i32> = Err(SIGKILL);
/// It ended with nothing left to do.
pub const DONE: Result<i32, i32> = Ok(0);
/// It ended with something left to do.
pub const UNFINISHED: Result<i32, i32> = Ok(3);

/// What a keeper works on.
#[derive(Serialize, Deserialize)]
pub enum Work {
    /// Payments to so many accounts, of the key's own number.
    Transfers { seed: u8, accounts: usize, payments: u64 },
    /// The vaults in which the key is registered.
    Vaults,
}

#[derive(Serialize, Deserialize)]
pub struct Order {
    pub url: String,
    pub folder: PathBuf,
    /// The key's secret.
    pub secret: [u8; 32],
    pub work: Work,
    /// Lamports within an hour.
    pub limit: u64,
    /// The name of the step to die at, and at which of its occurrences.
    pub death: Option<(String, u32)>,
    /// Cycles at most.
    pub cycles: u32,
}

impl Order {
    pub fn dying_at(self, step: Step, occurrence: u32) -> Self {
        Self { death: Some((step.name().to_owned(), occurrence)), ..self }
    }

    /// Runs the keeper in a process of its own and waits for its end: the signal that ended it, or its exit code.
    pub fn run(&self, test: &str) -> Result<i32, i32> {
        let status = Command::new(std::env::current_exe().unwrap())
            .args([test, "--exact", "--nocapture"])
            .env(ORDER, serde_json::to_string(self).unwrap())
            .stdout(Stdio::null())
            .status()
            .unwrap();
        status.code().ok_or_else(|| status.signal().unwrap())
    }
}

/// Where this program was started as a keeper, it is one from here on, and does not come back.
pub fn obey() {
    let Ok(order) = std::env::var(ORDER) else { return };
    let order: Order = serde_json::from_str(&order).unwrap();
    let keypair = Keypair::new_from_array(order.secret);
    let chain = connect(&[&order.url]);
    let mut planner: Box<dyn Planner> = match order.work {
        Work::Transfers { seed, accounts, payments } => Box::new(Transfers {
            payer: keypair.pubkey(),
            accounts: (0..accounts).map(|place| account(seed, place)).collect(),
            payments,
            refuses: Vec::new(),
        }),
        Work::Vaults => Box::new(Desk::new(vaults::config(), keypair.pubkey()).unwrap()),
    };
    let journal = open_journal(&order.folder, &chain, &keypair);
    let settings = Settings { max_lamports_per_hour: order.limit, ..settings() };
    let mut death = order.death;
    let mut executor = executor(&chain, &keypair, journal, settings).with_observer(Box::new(move |step| {
        if let Some((_, times)) = death.as_mut().filter(|(name, _)| name == step.name()) {
            *times -= 1;
            if *times == 0 {
                signal_hook::low_level::raise(SIGKILL).unwrap();
            }
        }
    }));
    for _ in 0..order.cycles {
        match executor.cycle(planner.as_mut()) {
            Ok(end) if end.planned == 0 && executor.under_way() == 0 => std::process::exit(0),
            Ok(_) => {}
            Err(trouble) => eprintln!("{trouble}"),
        }
    }
    std::process::exit(3)
}
