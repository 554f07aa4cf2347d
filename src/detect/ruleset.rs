//! A set of rules, by their places among those in use.

use std::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, Not};

/// How many rules there may be, those of the program and the operator's own together.
pub(crate) const MAX_RULES: usize = 256;

/// A set of rules by index, below [`MAX_RULES`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct RuleSet([u128; MAX_RULES / 128]);

impl RuleSet {
    /// No rule.
    pub(crate) const NONE: RuleSet = RuleSet([0; MAX_RULES / 128]);

    /// Rule `k` alone.
    #[inline]
    pub(crate) fn of(k: usize) -> RuleSet {
        let mut set = RuleSet::NONE;
        set.0[k / 128 % (MAX_RULES / 128)] = 1 << (k % 128);
        set
    }

    /// Rule `k`, where `wanted`.
    #[inline]
    pub(crate) fn of_if(k: usize, wanted: bool) -> RuleSet {
        if wanted { RuleSet::of(k) } else { RuleSet::NONE }
    }

    /// Is rule `k` in it?
    #[inline]
    pub(crate) fn has(self, k: usize) -> bool {
        self.meets(RuleSet::of(k))
    }

    /// Is a rule of `other` in it?
    #[inline]
    pub(crate) fn meets(self, other: RuleSet) -> bool {
        (self & other).any()
    }

    /// Is there any rule in it?
    #[inline]
    pub(crate) fn any(self) -> bool {
        self.0[0] | self.0[1] != 0
    }

    /// Is there none?
    #[inline]
    pub(crate) fn is_empty(self) -> bool {
        !self.any()
    }

    /// The first rule in it.
    #[inline]
    pub(crate) fn first(self) -> Option<usize> {
        let k = self.0.iter().position(|half| *half != 0)?;
        Some(k * 128 + self.0[k].trailing_zeros() as usize)
    }
}

impl BitOr for RuleSet {
    type Output = RuleSet;
    #[inline]
    fn bitor(self, o: RuleSet) -> RuleSet {
        RuleSet([self.0[0] | o.0[0], self.0[1] | o.0[1]])
    }
}

impl BitAnd for RuleSet {
    type Output = RuleSet;
    #[inline]
    fn bitand(self, o: RuleSet) -> RuleSet {
        RuleSet([self.0[0] & o.0[0], self.0[1] & o.0[1]])
    }
}

impl Not for RuleSet {
    type Output = RuleSet;
    #[inline]
    fn not(self) -> RuleSet {
        RuleSet([!self.0[0], !self.0[1]])
    }
}

impl BitOrAssign for RuleSet {
    #[inline]
    fn bitor_assign(&mut self, o: RuleSet) {
        *self = *self | o;
    }
}

impl BitAndAssign for RuleSet {
    #[inline]
    fn bitand_assign(&mut self, o: RuleSet) {
        *self = *self & o;
    }
}

impl FromIterator<usize> for RuleSet {
    fn from_iter<I: IntoIterator<Item = usize>>(rules: I) -> RuleSet {
        rules.into_iter().fold(RuleSet::NONE, |set, k| set | RuleSet::of(k))
    }
}

/// The rules of a set, in order.
#[derive(Debug)]
pub(crate) struct Each(RuleSet);

impl Iterator for Each {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        let k = self.0.first()?;
        self.0 &= !RuleSet::of(k);
        Some(k)
    }
}

impl IntoIterator for RuleSet {
    type Item = usize;
    type IntoIter = Each;

    #[inline]
    fn into_iter(self) -> Each {
        Each(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_both_halves() {
        let set: RuleSet = [3, 127, 128, 255].into_iter().collect();
        assert_eq!(set.into_iter().collect::<Vec<_>>(), [3, 127, 128, 255]);
        assert!(set.has(128) && !set.has(0) && set.meets(RuleSet::of(255)) && !set.meets(RuleSet::of(254)));
        assert_eq!((set & !RuleSet::of(3)).first(), Some(127));
        assert!(RuleSet::NONE.is_empty() && RuleSet::of_if(9, false).is_empty());
        assert_eq!(RuleSet::of(200).first(), Some(200));
    }
}
