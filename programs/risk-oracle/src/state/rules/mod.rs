//! What must hold of a feed, a book and a network as a whole.
//!
//! Each type judges itself: `validate` of parameters, rows and states is what setters hold their arguments to, and what
//! is put together here. There are two sizes of it:
//!
//! - `invariant` is what every instruction checks before it ends: all that the instructions of every day can move, and
//!   all that their arithmetic rests on.
//! - `validate` is the invariant and every setting besides: what setters check before they end, and what whoever reads
//!   an account can hold it to. No other instruction can move what only it looks at.

mod book;
mod feed;
mod network;
