//! Pages of listings.

use serde::de::{Deserialize, Deserializer, MapAccess};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::Extra;
use crate::part::{Part, To};
use crate::record::{Name, Read, members, read_to, record};
use crate::schema::{Describe, Field, Schema};

record! {
    /// Where the neighbours of a page are, as absolute URLs.
    pub struct PaginationLinks {
        nullable {
            /// The first page.
            first: String,
            /// The last page.
            last: String,
            /// The page before; null on the first.
            prev: String,
            /// The page after; null on the last.
            next: String,
        }
    }
}

record! {
    /// One link of a page's navigation, as a website shows it.
    pub struct PaginationMetaLink {
        required {
            /// What to show: a page's number, or a word such as `Next`. May contain HTML entities.
            label: String,
            /// Whether it leads to the page it is on.
            active: bool,
        }
        nullable {
            /// Where it leads; null if nowhere.
            url: String,
        }
    }
}

record! {
    /// Where a page stands in its listing.
    pub struct PaginationMeta {
        required {
            /// The page's number, from 1.
            current_page: u64,
            /// The number of the last page, at least 1.
            last_page: u64,
            /// The address of the listing, without a page's number.
            path: String,
            /// The most items a page has.
            per_page: u64,
            /// How many items the listing has.
            total: u64,
        }
        optional {
            /// The place of the page's first item in the listing, from 1; absent from an empty page.
            from: i64,
            /// The place of the page's last item in the listing, from 1; absent from an empty page.
            to: i64,
            /// The page's navigation, as a website shows it.
            links: Vec<PaginationMetaLink>,
        }
    }
}

/// One page of a listing.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items, in the listing's order.
    pub data: Vec<T>,
    /// Where the neighbours of the page are. All `None` if the service does not say.
    pub links: PaginationLinks,
    /// Where the page stands in its listing.
    pub meta: PaginationMeta,
    /// Members this version does not know.
    pub extra: Extra,
}

impl<T> Page<T> {
    /// A page of `data`, without links.
    #[must_use]
    pub fn new(data: impl Into<Vec<T>>, meta: PaginationMeta) -> Self {
        Self { data: data.into(), links: PaginationLinks::new(), meta, extra: Extra::new() }
    }

    /// Where the neighbours of the page are.
    #[must_use]
    pub fn links(mut self, links: PaginationLinks) -> Self {
        self.links = links;
        self
    }
}

impl<T: Describe> Page<T> {
    const FIELDS: &'static [Field] = &[
        Field::new("data", &["The items, in the listing's order."], Vec::<T>::SCHEMA).required(),
        Field::new("links", &["Where the neighbours of the page are."], PaginationLinks::SCHEMA),
        Field::new("meta", &["Where the page stands in its listing."], PaginationMeta::SCHEMA)
            .required(),
    ];
}

impl<T: Describe> Describe for Page<T> {
    const SCHEMA: Schema = Schema::object(Self::FIELDS);
}

impl<T: Serialize> Serialize for Page<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("data", &self.data)?;
        map.serialize_entry("links", &self.links)?;
        map.serialize_entry("meta", &self.meta)?;
        self.extra.serialize_into(&mut map)?;
        map.end()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Page<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut page = Self::new(Vec::new(), PaginationMeta::blank());
        read_to(deserializer, &mut page)?;
        Ok(page)
    }
}

impl<'de, T: Deserialize<'de>> Read<'de> for Page<T> {
    const NAME: &'static str = "Page";
    // The required ones first.
    const MEMBERS: &'static [&'static str] = &["data", "meta", "links"];
    const REQUIRED: u32 = 2;

    fn fill<A: MapAccess<'de>>(&mut self, mut map: A) -> Result<u64, A::Error> {
        members! { data, meta, links, }

        let mut found = 0;
        let mut name = String::new();
        while let Some(member) = map.next_key_seed(Name::<Member>::or(&mut name))? {
            match member {
                Member::data => {
                    self.data = map.next_value()?;
                    found |= 1 << Member::data as u32;
                }
                Member::meta => {
                    map.next_value_seed(To::<_, PaginationMeta>::new(&mut self.meta))?;
                    found |= 1 << Member::meta as u32;
                }
                Member::links => {
                    let links = map.next_value::<Option<PaginationLinks>>()?;
                    self.links = links.unwrap_or_else(PaginationLinks::new);
                }
                Member::Unknown => {
                    let value = map.next_value::<serde_json::Value>()?;
                    self.extra.insert(std::mem::take(&mut name), value);
                }
            }
        }
        Ok(found)
    }
}
