//! The names of channels, and where each leads.

use std::borrow::Borrow;
use std::hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher};

use indexmap::IndexMap;

use super::channel::Place;

/// Where each channel's name leads, with all that is needed to read what is pushed there, in a list beside a table of
/// hashes: of ten thousand channels the table alone stays in a cache, and what it leads to is in one piece. Its order
/// decides nothing; hashed the same in every run, so that what a signal costs can be counted. The names are the
/// service's own.
pub(super) type Names = IndexMap<Name, Place, BuildHasherDefault<DefaultHasher>>;

/// Longer than the names the service gives.
const SHORT: usize = 46;

/// The name of a channel as a key, looked up by its bytes. A short one stands in place, so that to compare it does not
/// wait for memory once more.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// As many bytes as the number says, then zeros.
    Short(u8, [u8; SHORT]),
    Long(Box<[u8]>),
}

impl Name {
    pub(super) fn new(name: &str) -> Self {
        let mut bytes = [0; SHORT];
        match bytes.get_mut(..name.len()) {
            Some(place) => {
                place.copy_from_slice(name.as_bytes());
                Self::Short(name.len() as u8, bytes)
            }
            None => Self::Long(name.as_bytes().into()),
        }
    }
}

impl Borrow<[u8]> for Name {
    fn borrow(&self) -> &[u8] {
        match self {
            Self::Short(length, bytes) => &bytes[..usize::from(*length)],
            Self::Long(bytes) => bytes,
        }
    }
}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Borrow::<[u8]>::borrow(self).hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_however_long_they_are() {
        let names = || [0, 1, SHORT - 1, SHORT, SHORT + 1, 200].map(|length| "n".repeat(length));
        let mut lengths: IndexMap<Name, usize, BuildHasherDefault<DefaultHasher>> =
            names().iter().map(|name| (Name::new(name), name.len())).collect();
        for name in names() {
            assert_eq!(lengths.get(name.as_bytes()), Some(&name.len()));
            assert_eq!(lengths.swap_remove(name.as_bytes()), Some(name.len()));
            assert_eq!(lengths.get(name.as_bytes()), None);
        }
        assert!(lengths.is_empty());
    }
}
