//! A listing whose items are kept as the text they came as.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{Meta, PagesByName, Walk};
use crate::api::Api;
use crate::call::Call;
use crate::error::{BuildError, DecodeError};

/// A walk through a listing whose operation is known by name, with items that are the text of their JSON. What
/// [`PagesByName`] says of pages holds here, too.
#[derive(Clone, Debug)]
pub struct RawPages(PagesByName);

impl RawPages {
    /// A walk through the listing of the operation that has or had the id.
    ///
    /// # Errors
    ///
    /// When no operation has the id.
    pub fn new(id: &str, params: Map<String, Value>) -> Result<Self, BuildError> {
        PagesByName::new(id, params).map(Self)
    }
}

impl Walk for RawPages {
    type Item = Box<RawValue>;

    fn call(&mut self, api: &Api) -> Option<Result<Call, BuildError>> {
        self.0.call(api)
    }

    fn receive(
        &mut self,
        response: &http::Response<Bytes>,
    ) -> Result<Vec<Box<RawValue>>, DecodeError> {
        let endpoint = self.0.endpoint;
        let in_reply = |error: DecodeError| error.in_reply(response.status());
        let page = endpoint.read_raw(response)?;
        // What is no object has no members.
        let members: BTreeMap<String, &RawValue> = match page.get().starts_with('{') {
            true => serde_json::from_str(page.get()).map_err(|error| {
                in_reply(DecodeError::in_body(endpoint.id, ".".to_owned(), &error))
            })?,
            false => BTreeMap::new(),
        };
        if !endpoint.is_paginated() {
            self.stop();
            let Some(data) = members.get("data") else { return Ok(vec![page]) };
            return Ok(
                serde_json::from_str(data.get()).unwrap_or_else(|_| vec![(*data).to_owned()])
            );
        }
        let meta: Meta = member(endpoint.id, &members, "meta").map_err(in_reply)?;
        let items = member(endpoint.id, &members, "data").map_err(in_reply)?;
        self.0.total = meta.total();
        let expected = self.0.cursor.advance(meta.current_page, meta.last_page);
        Ok(if expected { items } else { Vec::new() })
    }

    fn stop(&mut self) {
        self.0.stop();
    }

    fn total(&self) -> Option<u64> {
        self.0.total()
    }
}

fn member<'a, T: Deserialize<'a>>(
    operation: &'static str,
    members: &BTreeMap<String, &'a RawValue>,
    name: &'static str,
) -> Result<T, DecodeError> {
    let value = members.get(name).ok_or_else(|| serde::de::Error::missing_field(name));
    let read = value.and_then(|value| serde_json::from_str(value.get()));
    read.map_err(|error| DecodeError::in_body(operation, name.to_owned(), &error))
}
