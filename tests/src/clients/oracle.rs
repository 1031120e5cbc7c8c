//! The risk oracle's instructions as a test sends them.

use anchor_lang::prelude::Pubkey;
use gimbal::instructions::oracle;
use risk_oracle::{FeedParams, ModelParams, RegisterFeedArgs, SetLineRiskArgs, SetRiskArgs};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{Fixture, Outcome};

/// Sends the risk oracle's instructions.
pub struct OracleClient<'a> {
    /// The fixture.
    pub fx: &'a mut Fixture,
}

impl OracleClient<'_> {
    fn payer(&self) -> Pubkey {
        self.fx.deployment.actors.payer.pubkey()
    }

    fn book(&self) -> Pubkey {
        self.fx.deployment.vault.addresses.book
    }

    /// Registers a feed.
    pub fn register_feed(&mut self, authority: &Keypair, args: RegisterFeedArgs) -> Outcome {
        let instruction = oracle::register_feed(&authority.pubkey(), &self.payer(), args);
        self.fx.send(&[instruction], &[authority])
    }

    /// Sets a feed's parameters.
    pub fn set_feed_params(&mut self, signer: &Keypair, feed: &Pubkey, params: FeedParams) -> Outcome {
        self.fx.send(&[oracle::set_feed_params(&signer.pubkey(), feed, params)], &[signer])
    }

    /// Sets the coefficients of a feed's volatility models.
    pub fn set_model(&mut self, signer: &Keypair, feed: &Pubkey, params: ModelParams) -> Outcome {
        self.fx.send(&[oracle::set_model(&signer.pubkey(), feed, params)], &[signer])
    }

    /// Brings a posted price to a feed.
    pub fn update_feed(&mut self, feed: &Pubkey, price: &Pubkey, second: Option<&Pubkey>) -> Outcome {
        self.fx.send(&[oracle::update_feed(feed, price, second)], &[])
    }

    /// Sets a risk of the deployment's book.
    pub fn set_risk(&mut self, signer: &Keypair, args: SetRiskArgs) -> Outcome {
        let book = self.book();
        self.fx.send(&[oracle::set_risk(&signer.pubkey(), &book, args)], &[signer])
    }

    /// Sets a line's risks in the deployment's book.
    pub fn set_line_risk(&mut self, signer: &Keypair, args: SetLineRiskArgs) -> Outcome {
        let book = self.book();
        self.fx.send(&[oracle::set_line_risk(&signer.pubkey(), &book, args)], &[signer])
    }

    /// Proposes the next owner of a feed or a book.
    pub fn propose_owner(&mut self, signer: &Keypair, target: &Pubkey, next: &Pubkey) -> Outcome {
        self.fx.send(&[oracle::propose_owner(&signer.pubkey(), target, next)], &[signer])
    }

    /// Accepts the ownership of a feed or a book.
    pub fn accept_owner(&mut self, signer: &Keypair, target: &Pubkey) -> Outcome {
        self.fx.send(&[oracle::accept_owner(&signer.pubkey(), target)], &[signer])
    }

    /// Names the curator of a feed or a book.
    pub fn set_curator(&mut self, signer: &Keypair, target: &Pubkey, curator: &Pubkey) -> Outcome {
        self.fx.send(&[oracle::set_curator(&signer.pubkey(), target, curator)], &[signer])
    }

    /// Names the guardian of a feed or a book.
    pub fn set_guardian(&mut self, signer: &Keypair, target: &Pubkey, guardian: &Pubkey) -> Outcome {
        self.fx.send(&[oracle::set_guardian(&signer.pubkey(), target, guardian)], &[signer])
    }
}
