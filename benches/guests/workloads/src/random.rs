//! A small, fast generator: a linear congruence modulo 2^64, its low bits mixed with the high ones.

pub struct Random(u64);

impl Random {
    /// The one seed is 0, so that a workload's tables, which lie beside it, take no room in the module.
    pub const fn new() -> Self {
        Self(0)
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // The low bits of the state alone have short periods.
        self.0 ^ self.0 >> 32
    }

    /// A number from 0 to `end`, without it.
    pub fn below(&mut self, end: u32) -> u32 {
        scale(self.bits(), end)
    }
}

/// A number from 0 to `end`, without it, from the upper half of 64 random bits.
pub fn scale(bits: u64, end: u32) -> u32 {
    (((bits >> 32) * u64::from(end)) >> 32) as u32
}
