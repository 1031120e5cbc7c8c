//! Whole journeys: money in, out and back.

mod round_trip;
