//! How successful replies are read.

use std::fmt;
use std::marker::PhantomData;

use agentmc_types::Page as PageOf;
use bytes::Bytes;
use http::header::LOCATION;
use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

use crate::endpoint::Endpoint;
use crate::error::DecodeError;
use crate::reader;

/// The shape of a successful reply, and the value a caller gets out of it.
pub trait Reply {
    /// What the caller gets.
    type Value;

    /// The shape.
    const SHAPE: Shape;

    /// Reads the reply to `operation`.
    ///
    /// # Errors
    ///
    /// When the reply does not have the shape.
    fn read(
        operation: &'static str,
        response: &http::Response<Bytes>,
    ) -> Result<Self::Value, DecodeError>;

    /// The value as the JSON of a reply.
    ///
    /// # Errors
    ///
    /// When the value cannot be written as JSON.
    fn to_json(value: Self::Value) -> serde_json::Result<Value>;
}

/// The shapes of successful replies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shape {
    /// `{"data": …}`.
    Data,
    /// One page of a listing: `{"data": […], "links": …, "meta": …}`.
    Page,
    /// A body that is the value itself.
    Whole,
    /// No content.
    Empty,
    /// A redirect that is not followed: its `Location` is the value.
    Location,
}

/// `{"data": T}`, unwrapped.
#[derive(Debug)]
pub struct Data<T>(PhantomData<T>);

/// One page of a listing.
#[derive(Debug)]
pub struct Page<T>(PhantomData<T>);

/// A body that is the value itself.
#[derive(Debug)]
pub struct Whole<T>(PhantomData<T>);

/// No content.
#[derive(Debug)]
pub struct Empty;

/// The URL a redirect leads to. It is on another origin, where the credential must not go, so it is
/// handed to the caller and never followed.
#[derive(Debug)]
pub struct Location;

impl<T: DeserializeOwned + Serialize> Reply for Data<T> {
    type Value = T;

    const SHAPE: Shape = Shape::Data;

    fn read(operation: &'static str, response: &http::Response<Bytes>) -> Result<T, DecodeError> {
        json_body(operation, response).map(|Envelope { data }| data)
    }

    fn to_json(value: T) -> serde_json::Result<Value> {
        Ok(json!({"data": serde_json::to_value(value)?}))
    }
}

impl<T: DeserializeOwned + Serialize> Reply for Page<T> {
    type Value = PageOf<T>;

    const SHAPE: Shape = Shape::Page;

    fn read(
        operation: &'static str,
        response: &http::Response<Bytes>,
    ) -> Result<PageOf<T>, DecodeError> {
        json_body(operation, response)
    }

    fn to_json(value: PageOf<T>) -> serde_json::Result<Value> {
        serde_json::to_value(value)
    }
}

impl<T: DeserializeOwned + Serialize> Reply for Whole<T> {
    type Value = T;

    const SHAPE: Shape = Shape::Whole;

    fn read(operation: &'static str, response: &http::Response<Bytes>) -> Result<T, DecodeError> {
        json_body(operation, response)
    }

    fn to_json(value: T) -> serde_json::Result<Value> {
        serde_json::to_value(value)
    }
}

impl Reply for Empty {
    type Value = ();

    const SHAPE: Shape = Shape::Empty;

    fn read(_: &'static str, _: &http::Response<Bytes>) -> Result<(), DecodeError> {
        Ok(())
    }

    fn to_json((): ()) -> serde_json::Result<Value> {
        Ok(Value::Null)
    }
}

impl Reply for Location {
    type Value = String;

    const SHAPE: Shape = Shape::Location;

    fn read(
        operation: &'static str,
        response: &http::Response<Bytes>,
    ) -> Result<String, DecodeError> {
        let at_fault = |what: &'static str| {
            DecodeError::new(operation, "location", what).in_reply(response.status())
        };
        let location = response
            .headers()
            .get(LOCATION)
            .ok_or_else(|| at_fault("the redirect has no Location header"))?;
        let location =
            location.to_str().map_err(|_| at_fault("the Location header is not text"))?;
        Ok(location.to_owned())
    }

    fn to_json(location: String) -> serde_json::Result<Value> {
        Ok(json!({"location": location}))
    }
}

impl Endpoint {
    /// Reads a reply as its JSON, whole: `null` where there is no content, `{"location": …}` for a redirect.
    ///
    /// # Errors
    ///
    /// When the body is not JSON, or the redirect leads nowhere.
    pub fn read_json(&self, response: &http::Response<Bytes>) -> Result<Value, DecodeError> {
        match self.shape {
            Shape::Empty => Ok(Value::Null),
            Shape::Location => read_typed::<Location>(self.id, response),
            Shape::Data | Shape::Page | Shape::Whole => any_body(self.id, response),
        }
    }

    /// Reads a reply as [`read_json`](Self::read_json) does, but gives the text of its JSON, byte for byte: members are
    /// in the order they came in, and numbers have all their digits.
    ///
    /// It is sure to be JSON and no more: a number may be too large for any type, a member be there twice, `\u` be
    /// followed by half a character, and values nest as deep as the reply has room for.
    ///
    /// # Errors
    ///
    /// When the body is not JSON, or the redirect leads nowhere.
    pub fn read_raw(&self, response: &http::Response<Bytes>) -> Result<Box<RawValue>, DecodeError> {
        match self.shape {
            Shape::Empty => Ok(RawValue::NULL.to_owned()),
            Shape::Location => {
                let location = read_typed::<Location>(self.id, response)?;
                to_raw_value(&location)
                    .map_err(|error| DecodeError::in_body(self.id, "location".to_owned(), &error))
            }
            Shape::Data | Shape::Page | Shape::Whole => any_body(self.id, response),
        }
    }
}

/// `{"data": T}`. Read by hand, since a derive would take a list for it, too.
struct Envelope<T> {
    data: T,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Envelope<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Read<T> {
            type Value = Envelope<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with `data`")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Envelope<T>, A::Error> {
                let mut data = None;
                while let Some(IsData(is_data)) = map.next_key()? {
                    if is_data {
                        data = Some(map.next_value()?);
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                let data = data.ok_or_else(|| serde::de::Error::missing_field("data"))?;
                Ok(Envelope { data })
            }
        }

        deserializer.deserialize_map(Read(PhantomData))
    }
}

/// Whether the name of a member is `data`.
struct IsData(bool);

impl<'de> Deserialize<'de> for IsData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;

        impl Visitor<'_> for Read {
            type Value = IsData;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a member")
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<IsData, E> {
                Ok(IsData(name == "data"))
            }
        }

        deserializer.deserialize_str(Read)
    }
}

/// Reads a reply into its types and writes what was understood as JSON. Called by `operation!`.
///
/// # Errors
///
/// When the reply does not have the shape.
#[doc(hidden)]
pub fn read_typed<R: Reply>(
    operation: &'static str,
    response: &http::Response<Bytes>,
) -> Result<Value, DecodeError> {
    let value = R::read(operation, response)?;
    let at_fault =
        |error| DecodeError::in_body(operation, ".".to_owned(), &error).in_reply(response.status());
    let mut json = R::to_json(value).map_err(at_fault)?;
    // What stands beside `data` is no part of the value, but of the reply.
    if let (Shape::Data, Value::Object(members)) = (R::SHAPE, &mut json) {
        let whole: Map<String, Value> =
            serde_json::from_slice(response.body()).map_err(at_fault)?;
        members.extend(whole.into_iter().filter(|(name, _)| name != "data"));
    }
    Ok(json)
}

/// Reads a body into its types.
fn json_body<T: DeserializeOwned>(
    operation: &'static str,
    response: &http::Response<Bytes>,
) -> Result<T, DecodeError> {
    body(operation, response, |text| reader::read(text))
}

/// Reads a body as JSON of any shape.
fn any_body<T: DeserializeOwned>(
    operation: &'static str,
    response: &http::Response<Bytes>,
) -> Result<T, DecodeError> {
    body(operation, response, |text| serde_json::from_str(text).ok())
}

fn body<T: DeserializeOwned>(
    operation: &'static str,
    response: &http::Response<Bytes>,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<T, DecodeError> {
    let body = response.body();
    // Checked as a whole, the text need not be checked string by string, which takes several times as long. Keeping
    // track of the path costs time, too, so it is done only once the plain way has failed.
    let read = std::str::from_utf8(body).ok().and_then(read);
    let read = read.map_or_else(|| tracked(operation, body), Ok);
    read.map_err(|error| error.in_reply(response.status()))
}

/// Reads a body in all its forms and, if it is at fault, says where.
#[cold]
fn tracked<T: DeserializeOwned>(operation: &'static str, body: &[u8]) -> Result<T, DecodeError> {
    if body.is_empty() {
        return Err(DecodeError::new(operation, ".", "it is empty"));
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let mut track = serde_path_to_error::Track::new();
    let value = T::deserialize(serde_path_to_error::Deserializer::new(&mut json, &mut track));
    let value = value.map_err(|error| {
        let path = member_path(&track.path().to_string(), &error.to_string());
        DecodeError::in_body(operation, path, &error)
    })?;
    let end = json.end();
    end.map_err(|error| DecodeError::in_body(operation, ".".to_owned(), &error))?;
    Ok(value)
}

/// serde reports a missing member at its parent; its name is in the message alone.
fn member_path(parent: &str, message: &str) -> String {
    let name = message.strip_prefix("missing field `").and_then(|rest| rest.split_once('`'));
    match (parent, name) {
        (parent, None) => parent.to_owned(),
        (".", Some((name, _))) => name.to_owned(),
        (parent, Some((name, _))) => format!("{parent}.{name}"),
    }
}
