//! What the queue of a contagion network may hold, and what each change is bound to.

use anchor_lang::prelude::*;
use gimbal_control::{change::decode, Terms};

use crate::error::OracleError;
use crate::instruction::{SetEdgeCap, SetNetworkParams, SetPoster, SetProtocol};
use crate::state::{Book, Network, Protocol};

/// Terms of an instruction that may wait on a network, its roles apart.
///
/// # Errors
/// [`OracleError::NotQueueable`] for any other instruction; those of the instruction's own arguments.
pub fn terms_of_network(data: &[u8], network: &Network) -> Result<Terms> {
    if let Some(SetProtocol { args }) = decode(data).map_err(OracleError::from)? {
        args.validate(network)?;
        return Ok(terms_of_protocol(network, args.index));
    }
    if let Some(SetEdgeCap { args }) = decode(data).map_err(OracleError::from)? {
        return terms_of_edge_cap(network, args.protocol, args.counterparty);
    }
    if let Some(SetPoster { args }) = decode(data).map_err(OracleError::from)? {
        args.validate(network)?;
        return Ok(terms_of_poster(network, args.place));
    }
    let Some(SetNetworkParams { params }) = decode(data).map_err(OracleError::from)? else {
        return err!(OracleError::NotQueueable);
    };
    params.validate()?;
    terms_of_network_params(network)
}

/// Terms of `set_network_params`.
///
/// # Errors
/// Never: the parameters always serialise.
pub fn terms_of_network_params(network: &Network) -> Result<Terms> {
    let mut params = Vec::with_capacity(16);
    network.params.serialize(&mut params)?;
    Ok(Terms::usual(&[b"network", &params]))
}

/// Terms of `set_protocol`: bound to name, scores and loss, and to when these were set or posted. A loss that is posted
/// meanwhile voids what would forgive it; a solution voids nothing.
pub fn terms_of_protocol(network: &Network, index: u8) -> Terms {
    match network.protocols.get(usize::from(index)) {
        Some(row @ Protocol { label, program, scores, used, .. }) => Terms::usual(&[
            b"protocol",
            &[index, *used],
            label,
            program.as_ref(),
            &scores.stored(),
            &row.loss_bps.to_le_bytes(),
            &row.scored_at.to_le_bytes(),
            &row.loss_at.to_le_bytes(),
        ]),
        None => Terms::usual(&[b"protocol", &[index]]),
    }
}

/// Terms of `set_edge_cap`: bound to the cap, not to what is observed.
///
/// # Errors
/// As [`Network::edge`].
pub fn terms_of_edge_cap(network: &Network, protocol: u8, counterparty: u8) -> Result<Terms> {
    let edge = network.edge(protocol, counterparty)?;
    Ok(Terms::usual(&[b"edge", &[protocol, counterparty], &edge.cap_bps.to_le_bytes()]))
}

/// Terms of `set_poster`: bound to who has the place.
pub fn terms_of_poster(network: &Network, place: u8) -> Terms {
    match network.posters.get(usize::from(place)) {
        Some(poster) => Terms::usual(&[b"poster", &[place], poster.key.as_ref()]),
        None => Terms::usual(&[b"poster", &[place]]),
    }
}

/// Terms of `set_network`: bound to the network that the book follows.
pub fn terms_of_followed(book: &Book) -> Terms {
    Terms::usual(&[b"network", book.network.as_ref()])
}
