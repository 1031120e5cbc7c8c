use anchor_lang::prelude::*;

use crate::Refusal;

/// A role that can be renounced for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Owner,
    Curator,
    Guardian,
}

impl Role {
    const fn bit(self) -> u32 {
        match self {
            Role::Owner => 1,
            Role::Curator => 2,
            Role::Guardian => 4,
        }
    }
}

/// Keys that hold power over one account.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct Roles {
    /// May change everything.
    pub owner: Pubkey,
    /// Becomes owner when it accepts; zero when nobody is proposed.
    pub pending_owner: Pubkey,
    /// May move bounds inside the owner's limits; zero for none.
    pub curator: Pubkey,
    /// May only reduce risk, at once; zero for none.
    pub guardian: Pubkey,
    /// One bit per role that was given up for ever.
    pub renounced: u32,
    /// Keeps the struct a multiple of eight bytes.
    pub _pad: [u8; 4],
}

const _: () = assert!(core::mem::size_of::<Roles>() == 4 * 32 + 4 + 4);

impl Roles {
    /// Roles of a new account.
    ///
    /// # Errors
    /// [`Refusal::ZeroKey`] when the owner is the zero key: nobody could ever act.
    pub fn new(owner: Pubkey, curator: Pubkey, guardian: Pubkey) -> core::result::Result<Self, Refusal> {
        if owner == Pubkey::default() {
            return Err(Refusal::ZeroKey);
        }
        Ok(Self { owner, pending_owner: Pubkey::default(), curator, guardian, renounced: 0, _pad: [0; 4] })
    }

    fn holds(&self, role: Role, key: &Pubkey) -> bool {
        let holder = match role {
            Role::Owner => &self.owner,
            Role::Curator => &self.curator,
            Role::Guardian => &self.guardian,
        };
        // The zero key means "nobody"; it can sign nothing, but a comparison must not depend on that.
        self.renounced & role.bit() == 0 && *holder != Pubkey::default() && holder == key
    }

    /// The key is the owner.
    pub fn require_owner(&self, key: &Pubkey) -> core::result::Result<(), Refusal> {
        self.holds(Role::Owner, key).then_some(()).ok_or(Refusal::NotOwner)
    }

    /// The key is the curator or the owner.
    pub fn require_curator(&self, key: &Pubkey) -> core::result::Result<(), Refusal> {
        (self.holds(Role::Curator, key) || self.holds(Role::Owner, key)).then_some(()).ok_or(Refusal::NotCurator)
    }

    /// The key may reduce risk: guardian, curator or owner.
    pub fn require_guardian(&self, key: &Pubkey) -> core::result::Result<(), Refusal> {
        (self.holds(Role::Guardian, key) || self.require_curator(key).is_ok()).then_some(()).ok_or(Refusal::NotGuardian)
    }

    /// First step of a transfer of ownership. The zero key withdraws a proposal.
    pub fn propose_owner(&mut self, signer: &Pubkey, next: Pubkey) -> core::result::Result<(), Refusal> {
        self.require_owner(signer)?;
        self.pending_owner = next;
        Ok(())
    }

    /// Second step: the proposed key accepts, which proves that it can sign.
    pub fn accept_owner(&mut self, signer: &Pubkey) -> core::result::Result<(), Refusal> {
        if self.renounced & Role::Owner.bit() != 0 {
            return Err(Refusal::RoleRenounced);
        }
        if self.pending_owner == Pubkey::default() || self.pending_owner != *signer {
            return Err(Refusal::NotPendingOwner);
        }
        self.owner = *signer;
        self.pending_owner = Pubkey::default();
        Ok(())
    }

    /// The owner names another curator; the zero key leaves the post empty.
    pub fn set_curator(&mut self, signer: &Pubkey, curator: Pubkey) -> core::result::Result<(), Refusal> {
        self.require_owner(signer)?;
        if self.renounced & Role::Curator.bit() != 0 {
            return Err(Refusal::RoleRenounced);
        }
        self.curator = curator;
        Ok(())
    }

    /// The owner names another guardian; the zero key leaves the post empty.
    pub fn set_guardian(&mut self, signer: &Pubkey, guardian: Pubkey) -> core::result::Result<(), Refusal> {
        self.require_owner(signer)?;
        if self.renounced & Role::Guardian.bit() != 0 {
            return Err(Refusal::RoleRenounced);
        }
        self.guardian = guardian;
        Ok(())
    }
}
