//! The risk oracle, one file per instruction.
