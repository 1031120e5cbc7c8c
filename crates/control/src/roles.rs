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
    /// The role of a number in instructions and events: 0 owner, 1 curator, 2 guardian.
    ///
    /// # Errors
    /// [`Refusal::UnknownRole`].
    pub const fn from_number(number: u8) -> core::result::Result<Self, Refusal> {
        match number {
            0 => Ok(Role::Owner),
            1 => Ok(Role::Curator),
            2 => Ok(Role::Guardian),
            _ => Err(Refusal::UnknownRole),
        }
    }

    /// The role's number, as [`Role::from_number`] reads it.
    pub const fn number(self) -> u8 {
        match self {
            Role::Owner => 0,
            Role::Curator => 1,
            Role::Guardian => 2,
        }
    }

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

    /// The key may veto a queued change: guardian or owner.
    ///
    /// # Errors
    /// [`Refusal::NotVetoer`].
    pub fn require_vetoer(&self, key: &Pubkey) -> core::result::Result<(), Refusal> {
        (self.holds(Role::Guardian, key) || self.holds(Role::Owner, key)).then_some(()).ok_or(Refusal::NotVetoer)
    }

    /// Whether somebody watches: a guardian is named and did not renounce.
    pub fn has_guardian(&self) -> bool {
        self.guardian != Pubkey::default() && self.renounced & Role::Guardian.bit() == 0
    }

    /// Whether a role was given up for ever.
    pub fn is_renounced(&self, role: Role) -> bool {
        self.renounced & role.bit() != 0
    }

    /// Gives a role up for ever: nobody holds it or can be given it again. A proposal of the next owner dies with the owner.
    /// The owner gives up ownership; curator or owner the curator's role; only the guardian its own, since the owner would
    /// remove who watches it.
    ///
    /// # Errors
    /// [`Refusal::RoleRenounced`] when it was given up before; [`Refusal::NotOwner`], [`Refusal::NotCurator`],
    /// [`Refusal::NotGuardian`].
    pub fn renounce(&mut self, signer: &Pubkey, role: Role) -> core::result::Result<(), Refusal> {
        if self.is_renounced(role) {
            return Err(Refusal::RoleRenounced);
        }
        match role {
            Role::Owner => {
                self.require_owner(signer)?;
                self.pending_owner = Pubkey::default();
                self.owner = Pubkey::default();
            }
            Role::Curator => {
                self.require_curator(signer)?;
                self.curator = Pubkey::default();
            }
            Role::Guardian => {
                if !self.holds(Role::Guardian, signer) {
                    return Err(Refusal::NotGuardian);
                }
                self.guardian = Pubkey::default();
            }
        }
        self.renounced |= role.bit();
        Ok(())
    }

    /// Whether naming this curator must wait on a live account: a new key may raise what the curator may, nobody may not.
    pub fn curator_waits(&self, next: &Pubkey) -> bool {
        *next != Pubkey::default() && *next != self.curator
    }

    /// Whether naming this guardian must wait on a live account: whoever watches is removed or replaced.
    pub fn guardian_waits(&self, next: &Pubkey) -> bool {
        self.has_guardian() && *next != self.guardian
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
