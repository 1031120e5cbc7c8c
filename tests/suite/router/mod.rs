//! The strategy router, one file per instruction.
