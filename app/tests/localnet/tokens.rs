//! Token accounts as wallets ask for them.

use crate::support::World;
use anchor_lang::prelude::Pubkey;
use anchor_spl::token::{spl_token, ID as TOKEN};
use serde_json::json;
use solana_keypair::Keypair;
use solana_message::Message;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::request::TokenAccountsFilter;
use solana_signer::Signer;
use solana_transaction::Transaction;

const UNIT: u64 = 1_000_000;

fn usdc(world: &World) -> Pubkey {
    world.server.chain().genesis().base.key
}

fn send(client: &RpcClient, signer: &Keypair, instruction: solana_instruction::Instruction) {
    let blockhash = client.get_latest_blockhash().unwrap();
    let message = Message::new(&[instruction], Some(&signer.pubkey()));
    client.send_and_confirm_transaction(&Transaction::new(&[signer], message, blockhash)).unwrap();
}

#[test]
fn balances_and_accounts_of_an_owner() {
    let world = World::start();
    let (owner, mint) = (world.funded(), usdc(&world));
    let before = world.client.get_token_supply(&mint).unwrap();
    let account = world.mint("USDC", &owner.pubkey(), 1_500 * UNIT + 1);
    world.mint("usdt", &owner.pubkey(), 7 * UNIT);

    let balance = world.client.get_token_account_balance(&account).unwrap();
    assert_eq!((balance.amount.as_str(), balance.decimals), ("1500000001", 6));
    assert_eq!((balance.ui_amount_string.as_str(), balance.ui_amount), ("1500.000001", Some(1_500.000001)));
    let supply = world.client.get_token_supply(&mint).unwrap();
    let units = |text: &str| text.parse::<u64>().unwrap();
    assert_eq!(units(&supply.amount), units(&before.amount) + 1_500_000_001);

    let of_mint = TokenAccountsFilter::Mint(mint);
    let found = world.client.get_token_accounts_by_owner(&owner.pubkey(), of_mint).unwrap();
    assert_eq!(found.iter().map(|found| found.pubkey.as_str()).collect::<Vec<_>>(), [account.to_string()]);
    // The client asks for the parsed form.
    let parsed = serde_json::to_value(&found[0].account.data).unwrap();
    assert_eq!(parsed["program"], "spl-token");
    assert_eq!(parsed["parsed"]["info"]["tokenAmount"]["uiAmountString"], "1500.000001");
    assert_eq!(parsed["parsed"]["info"]["owner"], owner.pubkey().to_string());
    let all = TokenAccountsFilter::ProgramId(TOKEN);
    assert_eq!(world.client.get_token_accounts_by_owner(&owner.pubkey(), all).unwrap().len(), 2);

    let largest = world.client.get_token_largest_accounts(&mint).unwrap();
    let mut amounts: Vec<u64> = largest.iter().map(|account| units(&account.amount.amount)).collect();
    assert!(largest.iter().any(|held| held.address == account.to_string()));
    let sorted = amounts.clone();
    amounts.sort_by(|a, b| b.cmp(a));
    assert_eq!(amounts, sorted);
}

#[test]
fn a_delegates_accounts_and_a_transfer() {
    let world = World::start();
    let (owner, delegate, mint) = (world.funded(), Keypair::new().pubkey(), usdc(&world));
    let from = world.mint("USDC", &owner.pubkey(), 100 * UNIT);
    let to = world.mint("USDC", &Pubkey::new_unique(), 0);
    let approve = spl_token::instruction::approve(&TOKEN, &from, &delegate, &owner.pubkey(), &[], 40 * UNIT).unwrap();
    send(&world.client, &owner, approve);
    let found = world.client.get_token_accounts_by_delegate(&delegate, TokenAccountsFilter::Mint(mint)).unwrap();
    assert_eq!(found.iter().map(|found| found.pubkey.as_str()).collect::<Vec<_>>(), [from.to_string()]);

    let transfer =
        spl_token::instruction::transfer_checked(&TOKEN, &from, &mint, &to, &owner.pubkey(), &[], 30 * UNIT, 6)
            .unwrap();
    send(&world.client, &owner, transfer);
    let left = world.client.get_token_account_balance(&from).unwrap();
    let got = world.client.get_token_account_balance(&to).unwrap();
    assert_eq!((left.amount, got.amount), ("70000000".to_owned(), "30000000".to_owned()));
    // The transaction tells both balances before and after.
    let newest =
        world.result("getSignaturesForAddress", json!([to.to_string(), { "commitment": "confirmed" }]))[0].take();
    let found = world.result("getTransaction", json!([newest["signature"], { "commitment": "confirmed" }]));
    let amounts = |list: &serde_json::Value| -> Vec<(String, String)> {
        let one = |balance: &serde_json::Value| {
            (
                balance["mint"].as_str().unwrap().to_owned(),
                balance["uiTokenAmount"]["uiAmountString"].as_str().unwrap().to_owned(),
            )
        };
        let mut all: Vec<_> = list.as_array().unwrap().iter().map(one).collect();
        all.sort();
        all
    };
    let of = |amount: &str| (mint.to_string(), amount.to_owned());
    assert_eq!(amounts(&found["meta"]["preTokenBalances"]), [of("0"), of("100")]);
    assert_eq!(amounts(&found["meta"]["postTokenBalances"]), [of("30"), of("70")]);
}

#[test]
fn what_is_no_token_is_refused() {
    let world = World::start();
    let (wallet, mint) = (world.funded().pubkey(), usdc(&world));
    let absent = Pubkey::new_unique().to_string();
    let refused = |method, params, text: &str| {
        let (code, message) = world.error(method, params);
        assert!(code == -32602 && message.contains(text), "{method}: {code} {message}");
    };
    refused("getTokenAccountBalance", json!([absent]), "could not find account");
    refused("getTokenAccountBalance", json!([wallet.to_string()]), "not a Token account");
    refused("getTokenAccountBalance", json!([mint.to_string()]), "not a Token account");
    refused("getTokenSupply", json!([wallet.to_string()]), "not a Token mint");
    refused("getTokenLargestAccounts", json!([absent]), "not a Token mint");
    refused("getTokenAccountsByOwner", json!([wallet.to_string()]), "at least 2");
    refused("getTokenAccountsByOwner", json!([wallet.to_string(), { "mint": absent }]), "could not find mint");
    refused("getTokenAccountsByOwner", json!([wallet.to_string(), { "programId": absent }]), "unrecognized");
}
