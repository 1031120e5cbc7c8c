//! Pyth on a test cluster: the programs through which prices are posted, and a Hermes-compatible endpoint that signs them.

use gimbal_svm::{native, ProgramSpec};
use gimbal_venue_wire::pyth::{
    posting::{treasury_address, WORMHOLE_ID},
    PUSH_ORACLE_ID, RECEIVER_ID,
};
use pyth_venue::guardians;

use crate::chain::{Chain, ChainError, EmbeddedChain, Sandbox};

/// The programs. They are host code on every chain: no bytecode of theirs is built here.
fn programs() -> [ProgramSpec; 3] {
    [
        ProgramSpec {
            name: "wormhole",
            id: WORMHOLE_ID,
            native: native!(pyth_venue::wormhole::entry),
            upgrade_authority: None,
        },
        ProgramSpec {
            name: "pyth-receiver",
            id: RECEIVER_ID,
            native: native!(pyth_venue::receiver::entry),
            upgrade_authority: None,
        },
        ProgramSpec {
            name: "pyth-push-oracle",
            id: PUSH_ORACLE_ID,
            native: native!(pyth_venue::push::entry),
            upgrade_authority: None,
        },
    ]
}

fn failed(reason: &dyn std::fmt::Display) -> ChainError {
    ChainError::Backend(format!("Pyth's programs cannot be put on the chain: {reason}"))
}

/// Puts the programs on a chain whose accounts are there already.
///
/// # Errors
///
/// The chain's: for one that has them already.
pub fn install_programs(chain: &mut EmbeddedChain) -> Result<(), ChainError> {
    programs().iter().try_for_each(|program| chain.svm_mut().add_host_program(program)).map_err(|error| failed(&error))
}

/// Puts the programs, the guardian set and the receiver's configuration on a chain.
///
/// # Errors
///
/// The chain's: for one that has them already.
pub fn install(chain: &mut EmbeddedChain) -> Result<(), ChainError> {
    install_programs(chain)?;
    let now = u32::try_from(chain.clock()?.unix_timestamp).unwrap_or(u32::MAX);
    for account in guardians::accounts(now).map_err(|error| failed(&error))? {
        let guardians::Account { address, owner, data } = account;
        let lamports = chain.minimum_balance(data.len())?;
        let account = solana_account::Account { lamports, data, owner, executable: false, rent_epoch: u64::MAX };
        chain.set_account(&address, account)?;
    }
    // As on mainnet, each treasury holds its rent already: a fee of one lamport could not open it.
    let rent = chain.minimum_balance(0)?;
    for treasury in 0..=u8::MAX {
        chain.fund(&treasury_address(treasury), rent)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle::with_budget;
    use crate::chain::{Mode, Refused};
    use crate::pyth::{post::posted_account, Posting, SignedPrices};
    use crate::setup::{keys::keypair, Asset};
    use gimbal_venue_wire::pyth::{posting::ProvedPrice, PriceUpdate};
    use pythnet_sdk::messages::PriceFeedMessage;
    use solana_keypair::Keypair;
    use solana_signer::Signer;

    const NOW: u32 = 1_767_225_600;

    fn message(asset: Asset, price: i64, time: i64) -> PriceFeedMessage {
        PriceFeedMessage {
            feed_id: asset.feed_id(),
            price,
            conf: 5,
            exponent: -8,
            publish_time: time,
            prev_publish_time: time - 1,
            ema_price: price,
            ema_conf: 5,
        }
    }

    fn signed(time: i64) -> SignedPrices {
        let prices: Vec<_> = Asset::ALL.into_iter().map(|asset| message(asset, 100 + time, time)).collect();
        let ids: Vec<_> = Asset::ALL.into_iter().map(Asset::feed_id).collect();
        SignedPrices::parse(&guardians::accumulator_update(&prices, &ids, NOW, 7).unwrap()).unwrap()
    }

    fn world() -> (EmbeddedChain, Keypair) {
        let mut chain = EmbeddedChain::new(Mode::Native).unwrap();
        install(&mut chain).unwrap();
        let payer = keypair(1, "poster", 0);
        chain.fund(&payer.pubkey(), 10_000_000_000).unwrap();
        (chain, payer)
    }

    fn deliver(chain: &mut EmbeddedChain, payer: &Keypair, signed: &SignedPrices) -> Result<(), ChainError> {
        let ids: Vec<_> = Asset::ALL.into_iter().map(Asset::feed_id).collect();
        let posting = Posting::new(chain, &payer.pubkey(), signed, &ids)?;
        for instructions in &posting.transactions {
            chain.execute(payer, &with_budget(instructions), &[&posting.account], &[])?;
        }
        chain.execute(payer, &[posting.closing], &[], &[])?;
        assert!(chain.get_account(&posting.account.pubkey())?.is_none(), "its rent came back");
        Ok(())
    }

    fn posted(chain: &EmbeddedChain, asset: Asset) -> PriceUpdate {
        let account = chain.require_account(&posted_account(&asset.feed_id())).unwrap();
        assert_eq!(account.owner, RECEIVER_ID);
        PriceUpdate::parse(&account.data).unwrap()
    }

    fn refusal(result: Result<(), ChainError>) -> pyth_venue::PythError {
        use pyth_venue::PythError::{self, *};
        let error = result.unwrap_err();
        let Some(Refused { error, .. }) = error.refused() else { panic!("{error}") };
        let all: [PythError; 12] = [
            Malformed,
            WrongAccount,
            NotAuthorised,
            WrongState,
            NoQuorum,
            BadSignature,
            WrongGuardianSet,
            WrongSource,
            BadProof,
            NotAPrice,
            NotNewer,
            WrongFeed,
        ];
        let code = format!("{error:?}");
        *all.iter().find(|one| code.contains(&format!("Custom({})", **one as u32))).unwrap_or_else(|| panic!("{code}"))
    }

    #[test]
    fn signed_prices_reach_their_accounts_fully_verified() {
        let (mut chain, payer) = world();
        deliver(&mut chain, &payer, &signed(50)).unwrap();
        for asset in Asset::ALL {
            let update = posted(&chain, asset);
            assert_eq!((update.price, update.conf, update.publish_time), (150, 5, 50));
            assert_eq!(update.write_authority, posted_account(&asset.feed_id()));
        }
        deliver(&mut chain, &payer, &signed(51)).unwrap();
        assert_eq!(posted(&chain, Asset::Sol).price, 151);
    }

    #[test]
    fn prices_go_only_forwards() {
        let (mut chain, payer) = world();
        deliver(&mut chain, &payer, &signed(50)).unwrap();
        assert_eq!(refusal(deliver(&mut chain, &payer, &signed(50))), pyth_venue::PythError::NotNewer);
        assert_eq!(refusal(deliver(&mut chain, &payer, &signed(49))), pyth_venue::PythError::NotNewer);
        assert_eq!(posted(&chain, Asset::Base).publish_time, 50);
    }

    #[test]
    fn what_the_guardians_did_not_sign_is_refused() {
        use pyth_venue::PythError::*;
        let good = signed(50);
        let with = |change: &dyn Fn(&mut SignedPrices)| {
            let mut bad = good.clone();
            change(&mut bad);
            let (mut chain, payer) = world();
            let refused = refusal(deliver(&mut chain, &payer, &bad));
            assert!(chain.get_account(&posted_account(&Asset::Base.feed_id())).unwrap().is_none());
            refused
        };
        // Bytes of the message: 6 of the header, 66 for each of 13 signatures, then the body.
        let body = 6 + 13 * 66;
        assert_eq!(with(&|bad| bad.vaa[body + 60] ^= 1), BadSignature, "another payload");
        assert_eq!(with(&|bad| bad.vaa[10] ^= 1), BadSignature, "another signature");
        assert_eq!(with(&|bad| bad.vaa[6 + 66] = 0), BadSignature, "one guardian twice");
        assert_eq!(with(&|bad| bad.vaa[4] = 1), WrongGuardianSet, "another set");
        assert_eq!(
            with(&|bad| {
                bad.vaa[5] = 12;
                bad.vaa.drain(6..6 + 66);
            }),
            NoQuorum
        );
        assert_eq!(with(&|bad| bad.prices[0].proved.message[40] ^= 1), BadProof, "another price");
        assert_eq!(with(&|bad| bad.prices[0].proved.proof[0][0] ^= 1), BadProof, "another path");
        assert_eq!(
            with(&|bad| {
                let [first, second] = [0, 1].map(|place: usize| bad.prices[place].proved.clone());
                bad.prices[0].proved = ProvedPrice { feed_id: first.feed_id, ..second };
            }),
            WrongFeed
        );
        let foreign = |chain: u16| {
            let mut body = good.vaa[6 + 13 * 66..].to_vec();
            body[8..10].copy_from_slice(&chain.to_be_bytes());
            guardians::signed(&body)
        };
        assert_eq!(with(&|bad| bad.vaa = foreign(1)), WrongSource);
    }

    #[test]
    fn an_update_that_is_none_is_refused_with_a_next_step() {
        let prices = [message(Asset::Sol, 1, 1)];
        let good = guardians::accumulator_update(&prices, &[Asset::Sol.feed_id()], NOW, 1).unwrap();
        for bytes in [&b""[..], b"PNAU", &good[1..], &good[..good.len() - 1]] {
            let error = SignedPrices::parse(bytes).unwrap_err().to_string();
            assert!(error.contains("check that the address is that of a Hermes service"), "{error}");
        }
        assert!(SignedPrices::parse(&guardians::accumulator_update(&prices, &[], NOW, 1).unwrap())
            .unwrap()
            .prices
            .is_empty());
    }
}
