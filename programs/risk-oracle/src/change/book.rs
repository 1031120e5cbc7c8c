//! What the queue of a book may hold beside its roles, and what each change is bound to.

use anchor_lang::prelude::*;
use gimbal_control::{change::decode, Terms};

use crate::error::OracleError;
use crate::instruction::{SetAsset, SetLineModel, SetLineRisk, SetNetwork, SetRisk, SetRiskParams, SetScenario};
use crate::state::Book;

/// Terms of an instruction that may wait on a book, its roles apart.
///
/// # Errors
/// [`OracleError::NotQueueable`] for any other instruction; those of the instruction's own arguments.
pub fn terms_of_book(data: &[u8], book: &Book) -> Result<Terms> {
    if let Some(SetRisk { args }) = decode(data).map_err(OracleError::from)? {
        args.validate(book)?;
        return Ok(terms_of_risk(book, args.index));
    }
    if let Some(SetLineRisk { args }) = decode(data).map_err(OracleError::from)? {
        args.validate(book)?;
        return Ok(terms_of_line_risk(book, args.line));
    }
    if let Some(SetAsset { args }) = decode(data).map_err(OracleError::from)? {
        args.validate(book)?;
        return Ok(terms_of_asset(book, args.index));
    }
    if let Some(SetLineModel { args }) = decode(data).map_err(OracleError::from)? {
        args.validate(book)?;
        return Ok(terms_of_line_model(book, args.line));
    }
    if let Some(SetRiskParams { params }) = decode(data).map_err(OracleError::from)? {
        params.validate()?;
        return terms_of_risk_params(book);
    }
    if let Some(SetScenario { args }) = decode(data).map_err(OracleError::from)? {
        args.validate()?;
        return Ok(terms_of_scenario(book, args.index));
    }
    if let Some(SetNetwork { .. }) = decode(data).map_err(OracleError::from)? {
        return Ok(super::terms_of_followed(book));
    }
    err!(OracleError::NotQueueable)
}

/// Terms of `set_risk`: bound to the row's limits, not to its exposure.
pub fn terms_of_risk(book: &Book, index: u8) -> Terms {
    match book.risks.get(usize::from(index)) {
        Some(row) => {
            Terms::usual(&[b"risk", &[index, row.used], &row.label, &row.cap_bps.to_le_bytes(), &row.cap.to_le_bytes()])
        }
        None => Terms::usual(&[b"risk", &[index]]),
    }
}

/// Terms of `set_line_risk`: bound to the line's limits, not to its exposure.
pub fn terms_of_line_risk(book: &Book, line: u16) -> Terms {
    let id = line.to_le_bytes();
    match book.line(line) {
        Some(row) => Terms::usual(&[b"line", &id, &row.risks, &row.cap_bps.to_le_bytes(), &row.cap.to_le_bytes()]),
        None => Terms::usual(&[b"line", &id]),
    }
}

/// Terms of `set_asset`: bound to the feed, not to what it says.
pub fn terms_of_asset(book: &Book, index: u8) -> Terms {
    match book.assets.get(usize::from(index)) {
        Some(row) => Terms::usual(&[b"asset", &[index], row.feed.as_ref()]),
        None => Terms::usual(&[b"asset", &[index]]),
    }
}

/// Terms of `set_line_model`: bound to what moves the line, not to what was reported of it.
pub fn terms_of_line_model(book: &Book, line: u16) -> Terms {
    let id = line.to_le_bytes();
    match book.model(line) {
        Some(model) => Terms::usual(&[b"model", &id, &[model.asset, model.protocol, model.scaled]]),
        None => Terms::usual(&[b"model", &id]),
    }
}

/// Terms of `set_risk_params`.
///
/// # Errors
/// Never: the parameters always serialise.
pub fn terms_of_risk_params(book: &Book) -> Result<Terms> {
    let mut params = Vec::with_capacity(128);
    book.params.serialize(&mut params)?;
    Ok(Terms::usual(&[b"risk params", &params]))
}

/// Terms of `set_scenario`: bound to the row, not to its losses.
pub fn terms_of_scenario(book: &Book, index: u8) -> Terms {
    match book.scenarios.get(usize::from(index)) {
        Some(row) => Terms::usual(&[b"scenario", &[index], bytemuck::bytes_of(row)]),
        None => Terms::usual(&[b"scenario", &[index]]),
    }
}
