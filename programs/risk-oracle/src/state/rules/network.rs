use anchor_lang::prelude::*;

use crate::error::OracleError;
use crate::state::{Edge, Network, PROTOCOLS};

impl Network {
    /// What every instruction leaves: parameters, and all that damages are made of but the edges that only posts and caps
    /// move; the defined protocols are the first.
    ///
    /// # Errors
    /// [`OracleError::InvariantViolated`], or the error that names a parameter out of its range.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        self.params.validate()?;
        let count = usize::from(self.count);
        require!(count <= PROTOCOLS, OracleError::InvariantViolated);
        for (index, row) in self.protocols.iter().enumerate() {
            require!(row.used == u8::from(index < count), OracleError::InvariantViolated);
            row.validate_damage()?;
        }
        for (index, row) in self.edges.iter().enumerate() {
            let to_self = row.get(index).is_some_and(|edge| *edge == Edge::TO_SELF);
            require!(to_self, OracleError::InvariantViolated);
        }
        require!(self.moved <= 1 && self.converged <= 1, OracleError::InvariantViolated);
        require!((self.solves > 0) == (self.solved_at != 0), OracleError::InvariantViolated);
        Ok(())
    }

    /// What setters leave: the invariant, the protocols' labels, every edge, and no poster in two places.
    ///
    /// # Errors
    /// As [`Self::invariant`]; [`OracleError::LabelInvalid`], [`OracleError::PosterRepeated`].
    #[inline(never)]
    pub fn validate(&self) -> Result<()> {
        self.invariant()?;
        self.protocols.iter().filter(|row| row.is_used()).try_for_each(|row| row.validate())?;
        self.edges.iter().flatten().try_for_each(|edge| edge.validate())?;
        for (place, poster) in self.posters.iter().enumerate() {
            require!(!self.posts_elsewhere(place, &poster.key), OracleError::PosterRepeated);
        }
        Ok(())
    }
}
