//! `gimbal localnet` as public clients see it: nothing here but starting it and playing its outside world is the project's
//! own code.

mod accounts;
mod anchor;
mod basics;
mod blocks;
mod malformed;
mod play;
mod process;
mod pubsub;
mod state;
mod support;
mod tokens;
mod transactions;
