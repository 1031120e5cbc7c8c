//! What a node tells of the token accounts that a transaction touched.

use std::collections::BTreeMap;

use anchor_lang::prelude::Pubkey;
use solana_transaction_status_client_types::UiTransactionTokenBalance;

use crate::chain::TokenChange;

/// The token accounts among `keys` before and after; none where the node kept neither list. An account that is in one
/// list only was made or closed: it held nothing on the other side. What cannot be read is left out with its account.
pub(super) fn token_changes(
    keys: &[Pubkey],
    before: Option<Vec<UiTransactionTokenBalance>>,
    after: Option<Vec<UiTransactionTokenBalance>>,
) -> Option<Vec<TokenChange>> {
    if before.is_none() && after.is_none() {
        return None;
    }
    let mut changes: BTreeMap<u8, TokenChange> = BTreeMap::new();
    for (balance, is_after) in side(before, false).chain(side(after, true)) {
        let Some((owner, mint, amount)) = read(&balance) else { continue };
        let Some(account) = keys.get(usize::from(balance.account_index)) else { continue };
        let change = changes.entry(balance.account_index).or_insert(TokenChange {
            account: *account,
            mint,
            owner,
            before: 0,
            after: 0,
        });
        match is_after {
            true => change.after = amount,
            false => change.before = amount,
        }
    }
    Some(changes.into_values().collect())
}

fn side(
    list: Option<Vec<UiTransactionTokenBalance>>,
    is_after: bool,
) -> impl Iterator<Item = (UiTransactionTokenBalance, bool)> {
    list.into_iter().flatten().map(move |balance| (balance, is_after))
}

fn read(balance: &UiTransactionTokenBalance) -> Option<(Pubkey, Pubkey, u64)> {
    let owner: Option<String> = balance.owner.clone().into();
    Some((owner?.parse().ok()?, balance.mint.parse().ok()?, balance.ui_token_amount.amount.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{json, Value};

    fn balances(list: Value) -> Option<Vec<UiTransactionTokenBalance>> {
        serde_json::from_value(list).expect("balances")
    }

    fn balance(index: u8, owner: &Pubkey, amount: &str) -> Value {
        json!({
            "accountIndex": index, "mint": Pubkey::new_from_array([9; 32]).to_string(), "owner": owner.to_string(),
            "programId": anchor_spl::token::ID.to_string(),
            "uiTokenAmount": { "amount": amount, "decimals": 6, "uiAmount": null, "uiAmountString": "" },
        })
    }

    #[test]
    fn both_lists_make_one() {
        let keys: Vec<Pubkey> = (0..4).map(|byte| Pubkey::new_from_array([byte; 32])).collect();
        let [anna, ben] = [1, 2].map(|byte| Pubkey::new_from_array([100 + byte; 32]));
        let before = balances(json!([balance(1, &anna, "18446744073709551615"), balance(2, &ben, "5")]));
        let after = balances(json!([balance(1, &anna, "7"), balance(3, &ben, "9"), balance(77, &ben, "1")]));
        let changes = token_changes(&keys, before, after).unwrap();
        let told: Vec<_> = changes.iter().map(|it| (it.account, it.owner, it.before, it.after)).collect();
        assert_eq!(told, [(keys[1], anna, u64::MAX, 7), (keys[2], ben, 5, 0), (keys[3], ben, 0, 9)]);
        assert!(token_changes(&keys, None, None).is_none());
        assert_eq!(token_changes(&keys, balances(json!([])), None), Some(Vec::new()));
    }
}
