//! A small seeded source of chance (SplitMix64), so that a seed gives the same set on every machine.

/// SplitMix64 (Steele, Lea, Flood 2014).
pub(super) struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Rng {
        Rng(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// `from..=to`
    pub fn range(&mut self, from: u64, to: u64) -> u64 {
        from + self.next() % (to - from + 1)
    }

    /// True in `percent` of 100 cases.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    pub fn pick<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[(self.next() % list.len() as u64) as usize]
    }

    pub fn digits(&mut self, n: usize) -> String {
        (0..n).map(|_| (b'0' + (self.next() % 10) as u8) as char).collect()
    }

    /// `n` characters out of `alphabet`.
    pub fn letters(&mut self, n: usize, alphabet: &str) -> String {
        let all: Vec<char> = alphabet.chars().collect();
        (0..n).map(|_| all[(self.next() % all.len() as u64) as usize]).collect()
    }

    pub fn hex(&mut self, n: usize) -> String {
        self.letters(n, "0123456789abcdef")
    }
}
