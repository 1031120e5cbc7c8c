//! The vault, one file per instruction.
