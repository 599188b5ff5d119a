//! Walking a listing page by page, without doing any I/O.

use std::marker::PhantomData;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::api::Api;
use crate::call::Call;
use crate::endpoint::Endpoint;
use crate::error::{BuildError, DecodeError};
use crate::operation::Operation;
use crate::registry;
use crate::reply::{Page, Reply};

mod raw;

pub use raw::RawPages;

/// A walk through a listing.
///
/// Run the call that [`call`](Self::call) gives, hand the reply to [`receive`](Self::receive), and repeat
/// until `call` gives nothing. The walk starts at the page the operation names, else at the first; it goes on
/// past an empty page, and ends when the server sends another page than the one asked for. Pages are
/// asked for by number at the client's own base URL, so a link to another origin is never followed.
pub trait Walk {
    /// What the listing lists.
    type Item;

    /// The call for the next page, or `None` after the last.
    fn call(&mut self, api: &Api) -> Option<Result<Call, BuildError>>;

    /// The items of the page asked for; nothing if the server sent another page.
    ///
    /// # Errors
    ///
    /// When the reply is no page.
    fn receive(&mut self, response: &http::Response<Bytes>)
    -> Result<Vec<Self::Item>, DecodeError>;

    /// Ends the walk.
    fn stop(&mut self);

    /// How many items all pages have together, as the last page received says, if it does.
    fn total(&self) -> Option<u64> {
        None
    }
}

/// A walk through a listing whose operation is known by its type.
#[derive(Clone, Debug)]
pub struct Pages<O, T> {
    operation: O,
    cursor: Cursor,
    total: Option<u64>,
    item: PhantomData<fn() -> T>,
}

/// A walk through a listing whose operation is known by name. An operation that is no paginated
/// listing has one page, its `data`.
#[derive(Clone, Debug)]
pub struct PagesByName {
    endpoint: &'static Endpoint,
    params: Map<String, Value>,
    cursor: Cursor,
    total: Option<u64>,
}

/// Which page a page is.
#[derive(Deserialize)]
struct Meta {
    current_page: u64,
    last_page: u64,
    /// Only told, so that nothing fails for it.
    total: Option<Value>,
}

impl Meta {
    fn total(&self) -> Option<u64> {
        self.total.as_ref().and_then(Value::as_u64)
    }
}

/// Which page comes next.
#[derive(Clone, Copy, Debug)]
enum Cursor {
    /// The first page asked for: the operation's own, or 1.
    Start,
    Page(u32),
    End,
}

impl<O, T> Pages<O, T> {
    /// A walk through the listing of `operation`.
    pub const fn new(operation: O) -> Self {
        Self { operation, cursor: Cursor::Start, total: None, item: PhantomData }
    }
}

impl<O, T> Walk for Pages<O, T>
where
    O: Operation<Reply = Page<T>>,
    Page<T>: Reply<Value = agentmc_types::Page<T>>,
{
    type Item = T;

    fn call(&mut self, api: &Api) -> Option<Result<Call, BuildError>> {
        let page = match self.cursor {
            Cursor::Start => {
                let params = serde_json::to_value(&self.operation).unwrap_or_default();
                self.cursor.begin(params.get("page"))
            }
            Cursor::Page(page) => page,
            Cursor::End => return None,
        };
        Some(api.call_page(&self.operation, Some(page)))
    }

    fn receive(&mut self, response: &http::Response<Bytes>) -> Result<Vec<T>, DecodeError> {
        let page = Page::<T>::read(O::ENDPOINT.id, response)?;
        self.total = Some(page.meta.total);
        let expected = self.cursor.advance(page.meta.current_page, page.meta.last_page);
        Ok(if expected { page.data } else { Vec::new() })
    }

    fn stop(&mut self) {
        self.cursor = Cursor::End;
    }

    fn total(&self) -> Option<u64> {
        self.total
    }
}

impl PagesByName {
    /// A walk through the listing of the operation that has or had the id.
    ///
    /// # Errors
    ///
    /// When no operation has the id.
    pub fn new(id: &str, params: Map<String, Value>) -> Result<Self, BuildError> {
        Ok(Self { endpoint: registry::find(id)?, params, cursor: Cursor::Start, total: None })
    }
}

impl Walk for PagesByName {
    type Item = Value;

    fn call(&mut self, api: &Api) -> Option<Result<Call, BuildError>> {
        let page = match self.cursor {
            Cursor::Start => self.cursor.begin(self.params.get("page")),
            Cursor::Page(page) => page,
            Cursor::End => return None,
        };
        let page = self.endpoint.is_paginated().then_some(page);
        Some(api.call_endpoint(self.endpoint, self.params.clone(), page))
    }

    fn receive(&mut self, response: &http::Response<Bytes>) -> Result<Vec<Value>, DecodeError> {
        let mut page = self.endpoint.read_json(response)?;
        if !self.endpoint.is_paginated() {
            self.stop();
            return Ok(match page.get_mut("data").map(Value::take) {
                Some(Value::Array(items)) => items,
                Some(item) => vec![item],
                None => vec![page],
            });
        }
        let at_fault = |name: &str, error| {
            let at_fault = DecodeError::in_body(self.endpoint.id, name.to_owned(), &error);
            at_fault.in_reply(response.status())
        };
        let take = |page: &mut Value, name: &'static str| {
            let value = page.get_mut(name).map(Value::take);
            value.ok_or_else(|| at_fault(name, serde::de::Error::missing_field(name)))
        };
        let meta =
            Meta::deserialize(take(&mut page, "meta")?).map_err(|error| at_fault("meta", error))?;
        let items = take(&mut page, "data")?;
        let items = Vec::deserialize(items).map_err(|error| at_fault("data", error))?;
        self.total = meta.total();
        let expected = self.cursor.advance(meta.current_page, meta.last_page);
        Ok(if expected { items } else { Vec::new() })
    }

    fn stop(&mut self) {
        self.cursor = Cursor::End;
    }

    fn total(&self) -> Option<u64> {
        self.total
    }
}

impl Cursor {
    /// The number of the first page, from what the parameters say.
    fn begin(&mut self, asked: Option<&Value>) -> u32 {
        let text = asked.and_then(Value::as_str).and_then(|text| text.parse().ok());
        let number = asked.and_then(Value::as_u64).and_then(|page| u32::try_from(page).ok());
        let page = number.or(text).unwrap_or(1);
        *self = Self::Page(page);
        page
    }

    /// Moves on from page `current` of `last`; false if that is not the page asked for, which ends the
    /// walk, so that a server that repeats a page cannot keep it going for ever.
    fn advance(&mut self, current: u64, last: u64) -> bool {
        let Self::Page(asked) = *self else { return false };
        let expected = u64::from(asked) == current;
        *self = match asked.checked_add(1) {
            Some(next) if expected && current < last => Self::Page(next),
            _ => Self::End,
        };
        expected
    }
}
