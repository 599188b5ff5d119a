//! The names of channels, and where each leads.

use std::borrow::Borrow;
use std::hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher};

use super::channel::Place;

/// Where each channel's name leads, with all that is needed to read what is pushed there: of ten thousand channels none
/// is in a cache, and what stands together is fetched together. Only ever looked up, so that its order decides nothing;
/// hashed the same in every run, so that what a signal costs can be counted. The names are the service's own.
#[expect(clippy::disallowed_types, reason = "a tree of names is slow among ten thousand")]
pub(super) type Names = std::collections::HashMap<Name, Place, BuildHasherDefault<DefaultHasher>>;

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
    use std::hash::BuildHasher;

    use super::*;

    #[test]
    fn a_name_is_a_key_however_long_it_is() {
        let hash = |key: &[u8]| BuildHasherDefault::<DefaultHasher>::default().hash_one(key);
        let lengths = [0, 1, SHORT - 1, SHORT, SHORT + 1, 200];
        for text in lengths.map(|length| "n".repeat(length)) {
            let name = Name::new(&text);
            assert_eq!(Borrow::<[u8]>::borrow(&name), text.as_bytes());
            let hash_of_name = BuildHasherDefault::<DefaultHasher>::default().hash_one(&name);
            assert_eq!(hash_of_name, hash(text.as_bytes()));
            for other in lengths {
                assert_eq!(name == Name::new(&"n".repeat(other)), text.len() == other);
            }
        }
    }
}
