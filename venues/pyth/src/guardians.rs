//! Nineteen guardians of a test chain, whose keys everybody knows, and what they sign: the root of all prices at a moment.

use anchor_lang::{prelude::Pubkey, AccountSerialize, AnchorSerialize};
use gimbal_venue_wire::pyth::{
    posting::{config_address, guardian_set_address, WORMHOLE_ID},
    RECEIVER_ID,
};
use libsecp256k1::{Message as Digest, PublicKey, SecretKey};
use pyth_solana_receiver_sdk::config::{Config, DataSource};
use pythnet_sdk::{
    accumulators::{merkle::MerkleTree, Accumulator},
    hashers::keccak256_160::Keccak160,
    messages::{Message, PriceFeedMessage},
    wire::{
        to_vec,
        v1::{AccumulatorUpdateData, MerklePriceUpdate, Proof, WormholeMerkleRoot, WormholeMessage, WormholePayload},
        PrefixedVec,
    },
};

use crate::{
    vaa::{address, digest, quorum, VERSION},
    wormhole::GuardianSet,
};

/// Guardians, as many as on mainnet.
pub const GUARDIANS: u8 = 19;
/// The number of the only guardian set.
pub const GUARDIAN_SET: u32 = 0;
/// Wormhole's number of Pythnet.
pub const PYTHNET: u16 = 26;
/// Who emits Pyth's roots there.
pub const EMITTER: Pubkey = Pubkey::from_str_const("G9LV2mp9ua1znRAfYwZz5cPiJMAbo1T6mbjdQsDZuMJg");
/// Lamports that one posted price costs, as on mainnet.
pub const UPDATE_FEE: u64 = 1;

/// An account that a chain has before anything is posted.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its address.
    pub address: Pubkey,
    /// The program that owns it.
    pub owner: Pubkey,
    /// Its data.
    pub data: Vec<u8>,
}

/// The guardian set and the receiver's configuration.
///
/// # Errors
///
/// If the SDK cannot serialise its own configuration.
pub fn accounts(creation_time: u32) -> Result<[Account; 2], anchor_lang::error::Error> {
    let keys = (0..GUARDIANS).map(|index| address(&public_key(&secret_key(index)))).collect();
    let set = GuardianSet { index: GUARDIAN_SET, keys, creation_time, expiration_time: 0 };
    let config = Config {
        governance_authority: Pubkey::default(),
        target_governance_authority: None,
        wormhole: WORMHOLE_ID,
        valid_data_sources: vec![DataSource { chain: PYTHNET, emitter: EMITTER }],
        single_update_fee_in_lamports: UPDATE_FEE,
        minimum_signatures: 5,
    };
    let mut config_data = Vec::with_capacity(Config::LEN);
    config.try_serialize(&mut config_data)?;
    config_data.resize(Config::LEN, 0);
    let mut set_data = Vec::new();
    set.serialize(&mut set_data)?;
    Ok([
        Account { address: guardian_set_address(GUARDIAN_SET), owner: WORMHOLE_ID, data: set_data },
        Account { address: config_address(), owner: RECEIVER_ID, data: config_data },
    ])
}

/// Why prices could not be signed.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the prices cannot be serialised: ask for at least one, and no more than fit 16 bits")]
pub struct Unsignable;

/// The accumulator update that carries `wanted` of `prices`, as Hermes hands it out: every price is under the root, the
/// wanted ones come with their proofs.
///
/// # Errors
///
/// [`Unsignable`] for no prices at all.
pub fn accumulator_update(
    prices: &[PriceFeedMessage],
    wanted: &[[u8; 32]],
    time: u32,
    sequence: u64,
) -> Result<Vec<u8>, Unsignable> {
    let messages = prices
        .iter()
        .map(|price| to_vec::<_, byteorder::BE>(&Message::PriceFeedMessage(*price)))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| Unsignable)?;
    let leaves: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
    let tree = MerkleTree::<Keccak160>::new(&leaves).ok_or(Unsignable)?;
    let updates = prices
        .iter()
        .zip(&messages)
        .filter(|(price, _)| wanted.contains(&price.feed_id))
        .map(|(_, message)| {
            let proof = tree.prove(message).ok_or(Unsignable)?;
            Ok(MerklePriceUpdate { message: PrefixedVec::from(message.clone()), proof })
        })
        .collect::<Result<Vec<_>, Unsignable>>()?;
    let mut root = [0; 20];
    root.copy_from_slice(tree.root.as_bytes());
    let payload = WormholePayload::Merkle(WormholeMerkleRoot { slot: sequence, ring_size: 0, root });
    let payload = to_vec::<_, byteorder::BE>(&WormholeMessage::new(payload)).map_err(|_| Unsignable)?;
    let vaa = signed(&body(time, sequence, &payload));
    let data = AccumulatorUpdateData::new(Proof::WormholeMerkle { vaa: PrefixedVec::from(vaa), updates });
    to_vec::<_, byteorder::BE>(&data).map_err(|_| Unsignable)
}

/// A message's body: time, nonce, chain, emitter, sequence, consistency level, payload.
fn body(time: u32, sequence: u64, payload: &[u8]) -> Vec<u8> {
    let mut body = Vec::with_capacity(crate::vaa::BODY_HEADER + payload.len());
    body.extend_from_slice(&time.to_be_bytes());
    body.extend_from_slice(&0u32.to_be_bytes());
    body.extend_from_slice(&PYTHNET.to_be_bytes());
    body.extend_from_slice(EMITTER.as_ref());
    body.extend_from_slice(&sequence.to_be_bytes());
    body.push(1);
    body.extend_from_slice(payload);
    body
}

/// `body` with the signatures of a quorum in front.
pub fn signed(body: &[u8]) -> Vec<u8> {
    let digest = Digest::parse(&digest(body));
    let signers = u8::try_from(quorum(usize::from(GUARDIANS))).unwrap_or(GUARDIANS);
    let mut vaa = vec![VERSION];
    vaa.extend_from_slice(&GUARDIAN_SET.to_be_bytes());
    vaa.push(signers);
    for index in 0..signers {
        let (signature, recovery) = libsecp256k1::sign(&digest, &secret_key(index));
        vaa.push(index);
        vaa.extend_from_slice(&signature.serialize());
        vaa.push(recovery.serialize());
    }
    vaa.extend_from_slice(body);
    vaa
}

/// The secret key of a guardian: its number in the first byte. Only for chains on which nothing is at stake.
fn secret_key(index: u8) -> SecretKey {
    let mut bytes = [0; 32];
    bytes[0] = index + 1;
    SecretKey::parse(&bytes).expect("a small number, not zero, is below the curve's order")
}

fn public_key(secret: &SecretKey) -> [u8; 64] {
    let mut bytes = [0; 64];
    bytes.copy_from_slice(&PublicKey::from_secret_key(secret).serialize()[1..]);
    bytes
}
