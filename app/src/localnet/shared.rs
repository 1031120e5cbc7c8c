//! The node under its lock.

use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::error::RpcError;
use super::methods::{self, Answer};
use super::node::Node;
use super::params::Params;

/// The node, for one at a time.
pub struct Shared(Mutex<Node>);

impl Shared {
    /// Puts the node under its lock.
    pub fn new(node: Node) -> Self {
        Self(Mutex::new(node))
    }

    /// Waits for the node.
    pub fn lock(&self) -> MutexGuard<'_, Node> {
        // The chain keeps nothing of a transaction before it ends, so that what a panic leaves is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls a method; a fault in it is answered, not passed on.
    ///
    /// # Errors
    ///
    /// The method's.
    pub fn call(&self, method: &str, params: &Params) -> Answer {
        catch_unwind(AssertUnwindSafe(|| methods::call(&mut self.lock(), method, params))).unwrap_or_else(|_| {
            Err(RpcError::internal(format!("{method} failed inside; this is a fault of the server")))
        })
    }
}
