//! Cutting a list into portions that are bounded by count and by bytes.

use std::ops::Range;

/// The most that one portion holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) items: usize,
    pub(crate) bytes: usize,
}

impl Bounds {
    /// Portions of items of these sizes in bytes, in their order and none left out. One that is larger than the bound is
    /// a portion of its own.
    pub(crate) fn portions(self, sizes: impl IntoIterator<Item = usize>) -> Vec<Range<usize>> {
        let mut portions: Vec<Range<usize>> = Vec::new();
        let mut total = 0;
        for (at, bytes) in sizes.into_iter().enumerate() {
            total += bytes;
            match portions.last_mut() {
                Some(portion) if portion.len() < self.items && total <= self.bytes => {
                    portion.end = at + 1;
                }
                Some(_) | None => {
                    total = bytes;
                    portions.push(at..at + 1);
                }
            }
        }
        portions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn portions_are_bounded_by_count_and_by_bytes_and_leave_nobody_out() {
        let bounds = Bounds {
            items: 250,
            bytes: 4,
        };
        assert_eq!(bounds.portions([0; 600]), [0..250, 250..500, 500..600]);
        assert_eq!(bounds.portions([1, 3, 2, 9, 1]), [0..2, 2..3, 3..4, 4..5]);
        assert!(bounds.portions([]).is_empty());
    }
}
