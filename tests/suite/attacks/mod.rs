//! The attack list: each case is really tried, refused by name, and changes nothing.
