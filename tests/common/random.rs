//! Random numbers that are the same in each run.

/// Marsaglia's xorshift. The seed is not 0.
pub struct Random(pub u32);

impl Random {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as usize % end
    }
}
