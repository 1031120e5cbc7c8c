//! Statements as one table (RFC 4180), one row a fact: `record` says which columns of a row mean something.

use csv::{Terminator, WriterBuilder};

use super::report::{Position, Statement};

/// The columns. Amounts are decimal numbers of whole tokens, times RFC 3339 in UTC, returns decimal fractions.
pub const COLUMNS: [&str; 17] = [
    "vault",
    "owner",
    "record",
    "time",
    "kind",
    "acquired",
    "shares",
    "assets",
    "fee",
    "value",
    "cost",
    "proceeds",
    "gain",
    "ticket",
    "other",
    "signature",
    "rate",
];

/// One row before it is written: column and content.
type Cells<'a> = Vec<(&'static str, &'a str)>;

/// All statements as one file. `record` is `opening`, `flow`, `disposal`, `lot`, `ticket`, `fee`, `total`, `return` or
/// `closing`.
///
/// # Errors
///
/// Those of the writer, which a text in memory never has.
pub fn csv(statements: &[Statement]) -> Result<String, csv::Error> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for statement in statements {
        for (record, cells) in rows(statement) {
            let mut row = vec![String::new(); COLUMNS.len()];
            let fixed = [("vault", statement.vault.as_str()), ("owner", statement.owner.as_str()), ("record", record)];
            for (column, content) in
                fixed.into_iter().chain(cells.iter().map(|(column, text)| (*column, text.as_str())))
            {
                if let Some(place) = COLUMNS.iter().position(|known| *known == column) {
                    row[place] = content.to_owned();
                }
            }
            writer.write_record(&row)?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn owned(cells: Cells<'_>) -> Vec<(&'static str, String)> {
    cells.into_iter().map(|(column, text)| (column, text.to_owned())).collect()
}

type Row = (&'static str, Vec<(&'static str, String)>);

fn rows(it: &Statement) -> Vec<Row> {
    let from = it.from.as_ref().map_or("", |when| when.utc.as_str());
    let mut rows: Vec<Row> = vec![("opening", position(&it.opening, from))];
    for flow in &it.flows {
        let mut cells = owned(vec![
            ("time", &flow.time.utc),
            ("kind", flow.kind),
            ("shares", &flow.shares.ui),
            ("assets", &flow.assets.ui),
            ("fee", &flow.fee.ui),
            ("value", &flow.value.ui),
            ("other", flow.other.as_deref().unwrap_or_default()),
            ("signature", &flow.signature),
        ]);
        cells.push(("ticket", flow.ticket.map(|sequence| sequence.to_string()).unwrap_or_default()));
        rows.push(("flow", cells));
    }
    for line in &it.disposals {
        let cells = vec![
            ("time", line.time.utc.as_str()),
            ("kind", line.kind),
            ("acquired", &line.acquired.utc),
            ("shares", &line.shares.ui),
            ("proceeds", &line.proceeds.ui),
            ("cost", &line.cost.ui),
            ("gain", &line.gain.ui),
        ];
        rows.push(("disposal", owned(cells)));
    }
    for line in &it.lots {
        let cells = vec![
            ("kind", line.kind),
            ("acquired", line.acquired.utc.as_str()),
            ("shares", &line.shares.ui),
            ("value", &line.value.ui),
            ("cost", &line.cost.ui),
        ];
        rows.push(("lot", owned(cells)));
    }
    for line in &it.tickets {
        let mut cells = owned(vec![
            ("time", &line.requested.utc),
            ("kind", line.status),
            ("shares", &line.shares.ui),
            ("assets", &line.claimable.ui),
        ]);
        cells.push(("ticket", line.sequence.to_string()));
        rows.push(("ticket", cells));
    }
    let one = |record: &'static str, kind: &str, column: &'static str, amount: &str| -> Row {
        (record, owned(vec![("time", &it.to.utc), ("kind", kind), (column, amount)]))
    };
    let fees = &it.fees;
    let all = [
        ("entry", &fees.entry),
        ("exit", &fees.exit),
        ("management", &fees.management),
        ("performance", &fees.performance),
    ];
    rows.extend(all.map(|(kind, fee)| one("fee", kind, "fee", &fee.ui)));
    let totals = &it.totals;
    let sums = [
        ("deposited", &totals.deposited),
        ("redeemed", &totals.redeemed),
        ("filled", &totals.filled),
        ("claimed", &totals.claimed),
        ("in_kind_cash", &totals.in_kind_cash),
        ("in_kind_other", &totals.in_kind_other),
        ("received", &totals.received),
        ("sent", &totals.sent),
        ("fee_shares", &totals.fee_shares),
    ];
    rows.extend(sums.map(|(kind, sum)| one("total", kind, "assets", &sum.ui)));
    let gains = [
        ("realised", &it.realised),
        ("unrealised", &it.unrealised),
        ("profit_mid", &it.profit.mid),
        ("profit_exit", &it.profit.exit),
    ];
    rows.extend(gains.map(|(kind, gain)| one("total", kind, "gain", &gain.ui)));
    let rates = [
        ("time_weighted", it.returns.time_weighted),
        ("time_weighted_yearly", it.returns.time_weighted_yearly),
        ("money_weighted", it.returns.money_weighted),
        ("money_weighted_yearly", it.returns.money_weighted_yearly),
    ];
    for (kind, rate) in rates {
        if let Some(rate) = rate {
            rows.push(one("return", kind, "rate", &format!("{rate:.8}")));
        }
    }
    rows.push(("closing", position(&it.closing, &it.to.utc)));
    rows
}

/// `shares` in accounts and in escrow together, `assets` to be claimed, `value` at mid, `proceeds` of an exit.
fn position(it: &Position, time: &str) -> Vec<(&'static str, String)> {
    owned(vec![
        ("time", time),
        ("kind", "wallet"),
        ("shares", &it.shares.ui),
        ("assets", &it.claimable.ui),
        ("value", &it.value_mid.ui),
        ("proceeds", &it.value_exit.ui),
        ("cost", &it.cost.ui),
    ])
}
