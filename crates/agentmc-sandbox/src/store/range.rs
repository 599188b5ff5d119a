//! The header `Range`.

use std::ops::Range;

/// Which bytes are wanted.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of them.
    Whole,
    /// These, at least one.
    Part(Range<usize>),
    /// None that are there.
    Beyond,
}

/// Reads the range of a request for `total` bytes. What is no single range of bytes does not count.
pub(super) fn read(range: &str, total: usize) -> Wanted {
    let spec = range.trim().strip_prefix("bytes=").and_then(|spec| spec.trim().split_once('-'));
    let Some((first, last)) = spec else { return Wanted::Whole };
    let part = match (first, last) {
        ("", count) => number(count).map(|count| total.saturating_sub(count)..total),
        (first, "") => number(first).map(|first| first..total),
        (first, last) => {
            let both = number(first).zip(number(last)).filter(|(first, last)| first <= last);
            both.map(|(first, last)| first..last.saturating_add(1).min(total))
        }
    };
    match part {
        None => Wanted::Whole,
        Some(part) if part.start >= part.end => Wanted::Beyond,
        Some(part) => Wanted::Part(part),
    }
}

/// A number in digits alone; one that is too large is larger than any file.
fn number(text: &str) -> Option<usize> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::{Wanted, read};

    #[test]
    fn a_single_range_is_cut_to_what_is_there() {
        for (range, part) in [
            ("bytes=0-0", 0..1),
            ("bytes=2-4", 2..5),
            ("bytes=7-", 7..10),
            ("bytes=-3", 7..10),
            ("bytes=-99", 0..10),
            ("bytes=4-99999999999999999999", 4..10),
        ] {
            assert_eq!(read(range, 10), Wanted::Part(part), "{range}");
        }
    }

    #[test]
    fn a_range_beyond_the_end_cannot_be_satisfied() {
        for range in ["bytes=10-", "bytes=10-12", "bytes=-0", "bytes=99999999999999999999-"] {
            assert_eq!(read(range, 10), Wanted::Beyond, "{range}");
        }
    }

    #[test]
    fn what_is_no_single_range_does_not_count() {
        for range in
            ["bytes=4-2", "bytes=0-1,3-4", "bytes=-", "lines=1-2", "bytes=a-b", "bytes=1", ""]
        {
            assert_eq!(read(range, 10), Wanted::Whole, "{range}");
        }
    }
}
