//! Whole journeys: money in, out and back.
