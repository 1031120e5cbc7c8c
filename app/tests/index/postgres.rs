//! PostgreSQL behind the same interface: the same tables, to the last digit.
//!
//! Runs against the server that GIMBAL_TEST_POSTGRES names (a URL; the tests make a schema of their own and drop it), else
//! against a private one, where Debian's postgresql is installed. Without either only SQLite is tested, and that is said.

use std::io::Write;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ::postgres::{Client, NoTls};
use gimbal::index::database::Value;
use gimbal::index::{follow, Database, IndexError, Indexer};
use gimbal::statement::reconcile;

use crate::scenario::{dump, indexer, Scenario, CLUSTER};

/// How long a server may take to start.
const LIMIT: Duration = Duration::from_secs(60);

/// A server of this test's own.
struct Private {
    server: Child,
    folder: PathBuf,
    url: String,
}

/// User and group ids of a name in /etc/passwd.
fn account(name: &str) -> Option<(u32, u32)> {
    let passwd = std::fs::read_to_string("/etc/passwd").ok()?;
    let line = passwd.lines().find(|line| line.starts_with(&format!("{name}:")))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

/// A command of the server, not as root, which it refuses.
fn command(program: &Path, user: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
    command.current_dir("/").stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

impl Private {
    /// None where no server is installed.
    fn start() -> Option<Self> {
        let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
        let bin = versions
            .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
            .find(|bin| bin.join("initdb").is_file())?;
        let folder = std::env::temp_dir().join(format!("gimbal-postgres-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        // Root's tests run the server as the user that the package made for it.
        let is_root = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(&folder).expect("the folder")) == 0;
        let user = if is_root { Some(account("postgres")?) } else { None };
        if let Some((uid, gid)) = user {
            std::os::unix::fs::chown(&folder, Some(uid), Some(gid)).expect("the server's folder");
        }
        let data = folder.join("data");
        let made = command(&bin.join("initdb"), user)
            .args(["--username=gimbal", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C", "-D"])
            .arg(&data)
            .status()
            .expect("initdb runs");
        assert!(made.success(), "initdb failed");
        let port = free_port();
        let server = command(&bin.join("postgres"), user)
            .arg("-D")
            .arg(&data)
            .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="])
            .args(["-c", "fsync=off"])
            .spawn()
            .expect("the server starts");
        let url = format!("postgres://gimbal@127.0.0.1:{port}/postgres");
        let private = Self { server, folder, url };
        let begun = Instant::now();
        while Client::connect(&private.url, NoTls).is_err() {
            assert!(begun.elapsed() < LIMIT, "the server does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(private)
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        // A fast stop, so that no process stays.
        let _ = Command::new("kill").args(["-INT", &self.server.id().to_string()]).status();
        let _ = self.server.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A schema of this test's own on whatever server there is.
struct Ground {
    base: String,
    schema: String,
    _server: Option<Private>,
}

impl Ground {
    fn find() -> Option<Self> {
        let (base, server) = match std::env::var("GIMBAL_TEST_POSTGRES") {
            Ok(url) if !url.is_empty() => (url, None),
            _ => {
                let server = Private::start()?;
                (server.url.clone(), Some(server))
            }
        };
        let schema = format!("gimbal_test_{}", std::process::id());
        let mut client = Client::connect(&base, NoTls).expect("the server of GIMBAL_TEST_POSTGRES answers");
        client
            .batch_execute(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}"))
            .expect("a schema");
        Some(Self { base, schema, _server: server })
    }

    fn url(&self) -> String {
        let sign = if self.base.contains('?') { '&' } else { '?' };
        format!("{}{sign}options=-c%20search_path%3D{}", self.base, self.schema)
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        if let Ok(mut client) = Client::connect(&self.base, NoTls) {
            let _ = client.batch_execute(&format!("DROP SCHEMA IF EXISTS {} CASCADE", self.schema));
        }
    }
}

#[test]
fn both_databases_hold_the_same() {
    let mut scenario = Scenario::new();
    scenario.live();
    let vault = scenario.vault();
    let mut sqlite = indexer();
    follow(&scenario.chain, &mut sqlite, &vault, 11).unwrap();
    sqlite.sample(&scenario.chain, &vault).unwrap();
    let expected = dump(sqlite.database());
    assert!(expected.iter().all(|(_, rows)| !rows.is_empty()), "{expected:?}");

    let Some(ground) = Ground::find() else {
        // Straight to the stream: what a passing test prints otherwise is not shown.
        let said = "the PostgreSQL half did not run: no server is installed, and GIMBAL_TEST_POSTGRES is not set\n";
        std::io::stderr().write_all(said.as_bytes()).expect("standard error");
        return;
    };
    // Two that begin at once on an empty database.
    let threads: Vec<_> = (0..2)
        .map(|_| {
            let url = ground.url();
            std::thread::spawn(move || Indexer::open(&url, CLUSTER).map(|_| ()))
        })
        .collect();
    for thread in threads {
        thread.join().expect("a thread").expect("a schema");
    }
    let mut postgres = Indexer::open(&ground.url(), CLUSTER).unwrap();
    // Stopped on the way, and gone on with.
    scenario.chain.answers.set(30);
    assert!(matches!(follow(&scenario.chain, &mut postgres, &vault, 11), Err(IndexError::Chain(_))));
    scenario.chain.answers.set(usize::MAX);
    drop(postgres);
    let mut postgres = Indexer::open(&ground.url(), CLUSTER).unwrap();
    assert!(follow(&scenario.chain, &mut postgres, &vault, 11).unwrap() > 0);
    postgres.sample(&scenario.chain, &vault).unwrap();
    assert_eq!(dump(postgres.database()), expected);
    assert_eq!(follow(&scenario.chain, &mut postgres, &vault, 11).unwrap(), 0);
    postgres.record_all(&scenario.chain, &scenario.chain.all()).unwrap();
    assert_eq!(dump(postgres.database()), expected);
    let checks = reconcile(&scenario.chain, postgres.database(), &vault, true).unwrap();
    assert!(checks.iter().all(|check| check.holds()), "{checks:#?}");

    // The whole range of an amount, and nothing kept of what was not finished.
    let insert = "INSERT INTO cursors (vault, address, signature, slot) VALUES ($1, $2, $3, $4)";
    let row = |address: &str| [Value::from("v"), Value::from(address), Value::amount(u64::MAX), Value::Int(i64::MIN)];
    let undone: Result<(), IndexError> = postgres.database().write(|database| {
        database.execute(insert, &row("lost"))?;
        Err(IndexError::Corrupt("on purpose".to_owned()))
    });
    assert!(undone.is_err());
    postgres.database().execute(insert, &row("kept")).unwrap();
    let mut again = Database::open(&ground.url()).unwrap();
    let kept = again.query("SELECT signature, slot FROM cursors WHERE vault = $1", &[Value::from("v")]).unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].amount(0).unwrap(), kept[0].int(1).unwrap()), (u64::MAX, i64::MIN));
    // A failure is told in the server's words.
    let failed = again.query("SELECT nothing FROM nowhere", &[]).unwrap_err().to_string();
    assert!(failed.contains("nowhere"), "{failed}");
    // Without TLS on the server, `require` refuses to talk in the clear.
    let strict = format!("{}&sslmode=require", ground.url());
    if !ground.base.contains("sslmode") {
        let refused = Database::open(&strict).err().expect("no TLS here").to_string();
        assert!(refused.contains("cannot be opened"), "{refused}");
    }
}
