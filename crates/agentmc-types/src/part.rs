//! What stands in records, read to where it belongs: a record that is read by itself and then moved into another, or
//! into a list, is copied, and one in another in another is copied twice.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr};

use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};
use serde_json::Value;

use crate::object::{MapOf, Object};
use crate::secret::Secret;

/// What the member of a record may hold.
pub(crate) trait Part<'de>: Sized {
    /// What stands for it until it is read.
    fn blank() -> Self;

    /// Reads it to `place`. After an error, anything may stand there.
    fn read<D: Deserializer<'de>>(deserializer: D, place: impl Place<Self>)
    -> Result<(), D::Error>;
}

/// Where something belongs.
pub(crate) trait Place<T> {
    /// Puts it there.
    fn put<'a>(self, value: T) -> &'a mut T
    where
        Self: 'a;
}

impl<T> Place<T> for &mut T {
    #[inline]
    fn put<'a>(self, value: T) -> &'a mut T
    where
        Self: 'a,
    {
        *self = value;
        self
    }
}

impl<T> Place<T> for &mut Option<T> {
    #[inline]
    fn put<'a>(self, value: T) -> &'a mut T
    where
        Self: 'a,
    {
        self.insert(value)
    }
}

/// As its last item.
///
/// What is attached to something is mostly one thing, and a `Vec` starts with room for four: of records as wide as an
/// attachment, that is more than allocators give quickly.
impl<T> Place<T> for &mut Vec<T> {
    #[inline]
    fn put<'a>(self, value: T) -> &'a mut T
    where
        Self: 'a,
    {
        let place = self.len();
        if place == 0 {
            self.reserve_exact(1);
        }
        self.push(value);
        &mut self[place]
    }
}

/// Reads a part to its place.
pub(crate) struct To<P, T>(P, PhantomData<T>);

impl<P: Place<T>, T> To<P, T> {
    #[inline]
    pub(crate) const fn new(place: P) -> Self {
        Self(place, PhantomData)
    }
}

impl<'de, P: Place<T>, T: Part<'de>> DeserializeSeed<'de> for To<P, T> {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        T::read(deserializer, self.0)
    }
}

/// Reads a part to its place, or `null`.
pub(crate) struct Maybe<'a, T>(pub(crate) &'a mut Option<T>);

impl<'de, T: Part<'de>> DeserializeSeed<'de> for Maybe<'_, T> {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, T: Part<'de>> Visitor<'de> for Maybe<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("option")
    }

    #[inline]
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.visit_none()
    }

    #[inline]
    fn visit_none<E: Error>(self) -> Result<(), E> {
        *self.0 = None;
        Ok(())
    }

    #[inline]
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        T::read(deserializer, self.0)
    }
}

/// Parts that are nothing to copy: they are read as they are elsewhere.
macro_rules! small {
    ($($type:ty = $blank:expr),+ $(,)?) => {$(
        impl<'de> $crate::part::Part<'de> for $type {
            #[inline]
            fn blank() -> Self {
                $blank
            }

            #[inline]
            fn read<D: serde::Deserializer<'de>>(
                deserializer: D,
                place: impl $crate::part::Place<Self>,
            ) -> Result<(), D::Error> {
                place.put(serde::Deserialize::deserialize(deserializer)?);
                Ok(())
            }
        }
    )+};
}
pub(crate) use small;

small! {
    bool = false,
    f64 = 0.0,
    i64 = 0,
    u32 = 0,
    u64 = 0,
    IpAddr = Self::V4(Ipv4Addr::UNSPECIFIED),
    MapOf<bool> = Self(BTreeMap::new()),
    Object = Self::new(),
    Secret = Self::from(String::new()),
    String = Self::new(),
    Value = Self::Null,
}

impl<'de, T: Part<'de>> Part<'de> for Vec<T> {
    #[inline]
    fn blank() -> Self {
        Self::new()
    }

    #[inline]
    fn read<D: Deserializer<'de>>(
        deserializer: D,
        place: impl Place<Self>,
    ) -> Result<(), D::Error> {
        deserializer.deserialize_seq(Items(place.put(Self::new())))
    }
}

/// Reads the items of a list.
struct Items<'a, T>(&'a mut Vec<T>);

impl<'de, T: Part<'de>> Visitor<'de> for Items<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut read = 0;
        while seq.next_element_seed(To::<_, T>::new(&mut *self.0))?.is_some() {
            read += 1;
        }
        // What passes over an item that cannot be read leaves what was read of it.
        self.0.truncate(read);
        Ok(())
    }
}
