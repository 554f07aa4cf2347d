//! How fast one core makes replacements: the keyed function alone, and whole replacements from the written value to the
//! text in the copy, every value another one.
//!
//! `cargo bench --bench tokens` prints millions a second, the best of five.

use std::time::Duration;

use qupia::depersonalize::{TokenFunction, replacements_per_second, tokens_per_second};

fn main() {
    for function in [TokenFunction::Blake3, TokenFunction::HmacSha256] {
        let time = Duration::from_millis(400);
        let (mut keyed, mut whole, mut digits) = (0f64, 0f64, 0f64);
        for _ in 0..5 {
            keyed = keyed.max(tokens_per_second(function, time));
            let (w, d) = replacements_per_second(function, time);
            (whole, digits) = (whole.max(w), digits.max(d));
        }
        println!(
            "{:<12} keyed function {:>6.2} M/s   IIN_… {:>6.2} M/s   twelve digits {:>6.2} M/s",
            function.name(),
            keyed / 1e6,
            whole / 1e6,
            digits / 1e6
        );
    }
}
