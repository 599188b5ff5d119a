//! Records: JSON objects with named members.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};

use crate::part::Part;
use crate::reader::RECORD;

/// Declares a record: a struct, its JSON, its schema, a constructor and setters.
///
/// Members stand in blocks that say how they travel:
///
/// * `required` members are always there. They are the arguments of `new`, in order.
/// * `nullable` members are always written, as `null` when they are `None`; reading also accepts their absence.
/// * `optional` members are left out when they are `None`; reading takes `null` for absence.
/// * `clearable` members, mostly of requests, are left out, `null`, or a value: three different things.
/// * `defaulted` members are always written; reading takes absence and `null` for the default.
///
/// A member whose wire name is no Rust name is written `kind = "type": TaskKind`. Limits follow the
/// type in brackets (`[max_len(120)]`), the revisions that have the member after an arrow
/// (`=> since(V0_3_169)`). An empty list is read as an empty object.
///
/// Unknown members are kept in `extra`.
macro_rules! record {
    (
        $(#[doc = $doc:literal])*
        pub struct $name:ident {
            $(required { $($(#[doc = $rd:literal])* $r:ident $(= $rn:literal)?: $rt:ident $(<$rg:ty>)? $([$($rl:ident($($ra:expr),*)),+])? $(=> $($rs:ident($rv:ident)).+)?),+ $(,)? })?
            $(nullable { $($(#[doc = $nd:literal])* $n:ident $(= $nn:literal)?: $nt:ident $(<$ng:ty>)? $([$($nl:ident($($na:expr),*)),+])? $(=> $($ns:ident($nv:ident)).+)?),+ $(,)? })?
            $(optional { $($(#[doc = $od:literal])* $o:ident $(= $on:literal)?: $ot:ident $(<$og:ty>)? $([$($ol:ident($($oa:expr),*)),+])? $(=> $($os:ident($ov:ident)).+)?),+ $(,)? })?
            $(clearable { $($(#[doc = $cd:literal])* $c:ident $(= $cn:literal)?: $ct:ident $(<$cg:ty>)? $([$($cl:ident($($ca:expr),*)),+])? $(=> $($cs:ident($cv:ident)).+)?),+ $(,)? })?
            $(defaulted { $($(#[doc = $fd:literal])* $f:ident $(= $fnm:literal)?: $ft:ident $(<$fg:ty>)? $([$($fl:ident($($fa:expr),*)),+])? $(=> $($fs:ident($fv:ident)).+)?),+ $(,)? })?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $($($(#[doc = $rd])* pub $r: $rt $(<$rg>)?,)+)?
            $($($(#[doc = $nd])* pub $n: Option<$nt $(<$ng>)?>,)+)?
            $($($(#[doc = $od])* pub $o: Option<$ot $(<$og>)?>,)+)?
            $($($(#[doc = $cd])* pub $c: Option<$crate::Nullable<$ct $(<$cg>)?>>,)+)?
            $($($(#[doc = $fd])* pub $f: $ft $(<$fg>)?,)+)?
            /// Members this version does not know.
            pub extra: $crate::Extra,
        }

        impl $name {
            /// A record with its required members; the others are fields and have setters.
            #[must_use]
            #[allow(clippy::new_without_default, clippy::too_many_arguments, clippy::useless_conversion, reason = "every record is made by `new`, and takes what the API requires")]
            pub fn new($($($r: $crate::record::record!(@arg $rt $(<$rg>)?),)+)?) -> Self {
                Self {
                    $($($r: $r.into(),)+)?
                    $($($n: None,)+)?
                    $($($o: None,)+)?
                    $($($c: None,)+)?
                    $($($f: Default::default(),)+)?
                    extra: $crate::Extra::new(),
                }
            }

            $($($crate::record::record!(@setter $n [$($nd)*] |value| Some(value.into()), $nt $(<$ng>)?);)+)?
            $($($crate::record::record!(@setter $o [$($od)*] |value| Some(value.into()), $ot $(<$og>)?);)+)?
            $($($crate::record::record!(@setter $c [$($cd)*] |value| Some(value.into()), Nullable<$ct $(<$cg>)?>);)+)?
            $($($crate::record::record!(@setter $f [$($fd)*] |value| value.into(), $ft $(<$fg>)?);)+)?

            const FIELDS: &'static [$crate::schema::Field] = &[
                $($($crate::record::record!(@field $r $($rn)?, [$($rd)*], <$rt $(<$rg>)? as $crate::schema::Describe>::SCHEMA$($(.$rl($($ra),*))+)?, $($(.$rs($crate::Revision::$rv))+)? .required()),)+)?
                $($($crate::record::record!(@field $n $($nn)?, [$($nd)*], <$nt $(<$ng>)? as $crate::schema::Describe>::SCHEMA.nullable()$($(.$nl($($na),*))+)?, $($(.$ns($crate::Revision::$nv))+)?),)+)?
                $($($crate::record::record!(@field $o $($on)?, [$($od)*], <$ot $(<$og>)? as $crate::schema::Describe>::SCHEMA$($(.$ol($($oa),*))+)?, $($(.$os($crate::Revision::$ov))+)?),)+)?
                $($($crate::record::record!(@field $c $($cn)?, [$($cd)*], <$ct $(<$cg>)? as $crate::schema::Describe>::SCHEMA.nullable()$($(.$cl($($ca),*))+)?, $($(.$cs($crate::Revision::$cv))+)?),)+)?
                $($($crate::record::record!(@field $f $($fnm)?, [$($fd)*], <$ft $(<$fg>)? as $crate::schema::Describe>::SCHEMA$($(.$fl($($fa),*))+)?, $($(.$fs($crate::Revision::$fv))+)?),)+)?
            ];
        }

        impl $crate::schema::Describe for $name {
            const SCHEMA: $crate::schema::Schema = $crate::schema::Schema::object(Self::FIELDS);
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;

                let mut map = serializer.serialize_map(None)?;
                $($(map.serialize_entry($crate::record::record!(@name $r $($rn)?), &self.$r)?;)+)?
                $($(map.serialize_entry($crate::record::record!(@name $n $($nn)?), &self.$n)?;)+)?
                $($(if let Some(value) = &self.$o {
                    map.serialize_entry($crate::record::record!(@name $o $($on)?), value)?;
                })+)?
                $($(if let Some(value) = &self.$c {
                    map.serialize_entry($crate::record::record!(@name $c $($cn)?), value)?;
                })+)?
                $($(map.serialize_entry($crate::record::record!(@name $f $($fnm)?), &self.$f)?;)+)?
                self.extra.serialize_into(&mut map)?;
                map.end()
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::record::read(deserializer)
            }
        }

        impl<'de> $crate::part::Part<'de> for $name {
            #[inline]
            fn blank() -> Self {
                Self {
                    $($($r: $crate::part::Part::blank(),)+)?
                    $($($n: None,)+)?
                    $($($o: None,)+)?
                    $($($c: None,)+)?
                    $($($f: Default::default(),)+)?
                    extra: $crate::Extra::new(),
                }
            }

            #[inline]
            fn read<D: serde::Deserializer<'de>>(deserializer: D, place: impl $crate::part::Place<Self>) -> Result<(), D::Error> {
                $crate::record::read_to(deserializer, place.put(Self::blank()))
            }
        }

        impl<'de> $crate::record::Read<'de> for $name {
            const NAME: &'static str = stringify!($name);
            const MEMBERS: &'static [&'static str] = &[
                $($($crate::record::record!(@name $r $($rn)?),)+)?
                $($($crate::record::record!(@name $n $($nn)?),)+)?
                $($($crate::record::record!(@name $o $($on)?),)+)?
                $($($crate::record::record!(@name $c $($cn)?),)+)?
                $($($crate::record::record!(@name $f $($fnm)?),)+)?
            ];
            const REQUIRED: u32 = <[&str]>::len(&[$($(stringify!($r),)+)?]) as u32;

            #[allow(unused_mut, reason = "a record may have no member that is required")]
            fn fill<A: serde::de::MapAccess<'de>>(&mut self, mut map: A) -> Result<u64, A::Error> {
                $crate::record::members! {
                    $($($r $(= $rn)?,)+)?
                    $($($n $(= $nn)?,)+)?
                    $($($o $(= $on)?,)+)?
                    $($($c $(= $cn)?,)+)?
                    $($($f $(= $fnm)?,)+)?
                }

                let mut found = 0;
                let mut name = String::new();
                while let Some(member) = map.next_key_seed($crate::record::Name::<Member>::or(&mut name))? {
                    match member {
                        $($(Member::$r => {
                            map.next_value_seed($crate::part::To::<_, $rt $(<$rg>)?>::new(&mut self.$r))?;
                            found |= 1 << Member::$r as u32;
                        })+)?
                        $($(Member::$n => map.next_value_seed($crate::part::Maybe(&mut self.$n))?,)+)?
                        $($(Member::$o => map.next_value_seed($crate::part::Maybe(&mut self.$o))?,)+)?
                        $($(Member::$c => self.$c = Some(map.next_value()?),)+)?
                        $($(Member::$f => {
                            let mut value = None;
                            map.next_value_seed($crate::part::Maybe(&mut value))?;
                            self.$f = value.unwrap_or_default();
                        })+)?
                        Member::Unknown => self.extra.insert(std::mem::take(&mut name), map.next_value::<serde_json::Value>()?),
                    }
                }
                Ok(found)
            }
        }
    };

    (@setter $field:ident [$($doc:literal)*] |$value:ident| $set:expr, $($into:tt)+) => {
        $(#[doc = $doc])*
        #[must_use]
        #[allow(clippy::useless_conversion, reason = "flags and numbers are taken as they are")]
        pub fn $field(mut self, $value: $crate::record::record!(@arg $($into)+)) -> Self {
            self.$field = $set;
            self
        }
    };

    // Flags and numbers are taken as they are, so that literals infer; the rest converts.
    (@arg bool) => { bool };
    (@arg f64) => { f64 };
    (@arg i64) => { i64 };
    (@arg u32) => { u32 };
    (@arg u64) => { u64 };
    (@arg Nullable<$type:ty>) => { impl Into<$crate::Nullable<$type>> };
    (@arg $($type:tt)+) => { impl Into<$($type)+> };

    (@field $field:ident $name:literal, [$($doc:literal)*], $schema:expr, $($more:tt)*) => {
        $crate::schema::Field::new($name, &[$($doc),*], $schema)$($more)*
    };
    (@field $field:ident, [$($doc:literal)*], $schema:expr, $($more:tt)*) => {
        $crate::schema::Field::new(stringify!($field), &[$($doc),*], $schema)$($more)*
    };

    (@name $field:ident $name:literal) => { $name };
    (@name $field:ident) => { stringify!($field) };
}
pub(crate) use record;

/// Declares `Member`, an enum of the members of a record, in the order of [`Read::MEMBERS`].
macro_rules! members {
    ($($field:ident $(= $name:literal)?,)*) => {
        #[allow(non_camel_case_types, reason = "members are called what their fields are")]
        #[derive(Clone, Copy)]
        enum Member {
            $($field,)*
            Unknown,
        }

        impl $crate::record::Member for Member {
            const ALL: &'static [Self] = &[$(Self::$field),*];
            const UNKNOWN: Self = Self::Unknown;

            // Or readers of other crates call it for each name.
            #[inline]
            fn named(name: &str) -> Option<Self> {
                Some(match name {
                    $($crate::record::record!(@name $field $($name)?) => Self::$field,)*
                    _ => return None,
                })
            }
        }
    };
}
pub(crate) use members;

/// A record, read member by member.
pub(crate) trait Read<'de>: Sized {
    /// The record's name, for error messages.
    const NAME: &'static str;

    /// The names of its members, those that must be there first.
    const MEMBERS: &'static [&'static str];

    /// How many must be there, 64 at most.
    const REQUIRED: u32;

    /// Reads the members. Gives which of those that must be there were there: the bit of each is as high as its place in
    /// [`MEMBERS`](Self::MEMBERS).
    fn fill<A: MapAccess<'de>>(&mut self, map: A) -> Result<u64, A::Error>;
}

/// Reads a record from an object, or from the empty list an empty object may be sent as.
#[inline]
pub(crate) fn read<'de, D: Deserializer<'de>, T: Read<'de> + Part<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let mut record = T::blank();
    read_to(deserializer, &mut record)?;
    Ok(record)
}

/// Reads a record to where it belongs, where a blank one stands.
///
/// Asks for a struct, since JSON readers take lists for structs but not for maps.
#[inline]
pub(crate) fn read_to<'de, D: Deserializer<'de>, T: Read<'de>>(
    deserializer: D,
    record: &mut T,
) -> Result<(), D::Error> {
    deserializer.deserialize_struct(RECORD, T::MEMBERS, Reader(record))
}

/// The visitor of every record.
struct Reader<'a, T>(&'a mut T);

impl<'de, T: Read<'de>> Reader<'_, T> {
    #[inline]
    fn check<E: serde::de::Error>(found: u64) -> Result<(), E> {
        const { assert!(T::REQUIRED <= u64::BITS) };
        let first = found.trailing_ones();
        if first == T::REQUIRED { Ok(()) } else { Err(missing::<T, E>(first)) }
    }
}

/// The error that names the first member that is absent.
#[cold]
fn missing<'de, T: Read<'de>, E: serde::de::Error>(first: u32) -> E {
    E::missing_field(T::MEMBERS[first as usize])
}

impl<'de, T: Read<'de>> Visitor<'de> for Reader<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object for {}", T::NAME)
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        Self::check(self.0.fill(map)?)
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        match seq.next_element::<serde::de::IgnoredAny>()? {
            None => Self::check(0),
            Some(_) => Err(serde::de::Error::invalid_type(serde::de::Unexpected::Seq, &self)),
        }
    }
}

/// A member of a record, as its name or its number says.
pub(crate) trait Member: Copy + 'static {
    /// The members the record knows, in the order of [`Read::MEMBERS`].
    const ALL: &'static [Self];

    /// Any other.
    const UNKNOWN: Self;

    /// The member called `name`.
    fn named(name: &str) -> Option<Self>;
}

/// Reads the name of a member, and keeps it if the record does not know it.
pub(crate) struct Name<'a, M>(&'a mut String, PhantomData<M>);

impl<'a, M> Name<'a, M> {
    /// `unknown` is where the name of a member goes that is not known.
    pub(crate) const fn or(unknown: &'a mut String) -> Self {
        Self(unknown, PhantomData)
    }

    #[cold]
    fn unknown(self, name: &str) -> M
    where
        M: Member,
    {
        name.clone_into(self.0);
        M::UNKNOWN
    }
}

impl<'de, M: Member> DeserializeSeed<'de> for Name<'_, M> {
    type Value = M;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<M, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<'de, M: Member> Visitor<'de> for Name<'_, M> {
    type Value = M;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    #[inline]
    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<M, E> {
        let member = usize::try_from(number).ok().and_then(|number| M::ALL.get(number));
        let unexpected = serde::de::Unexpected::Unsigned(number);
        member.copied().ok_or_else(|| E::invalid_value(unexpected, &self))
    }

    #[inline]
    fn visit_borrowed_str<E: serde::de::Error>(self, name: &'de str) -> Result<M, E> {
        Ok(match M::named(name) {
            Some(member) => member,
            None => self.unknown(name),
        })
    }

    // A name with escapes, or from a reader that lends none: looking such names up is not written out in each record.
    #[inline(never)]
    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<M, E> {
        Ok(M::named(name).unwrap_or_else(|| self.unknown(name)))
    }
}
