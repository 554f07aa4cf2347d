//! Turns findings into replacements by policy: keyed tokens, generalization, labels, suppression.
