//! What operations answer with.

use agentmc_core::reply::{Data, Empty, Location, Page, Whole};
use agentmc_core::schema::{Describe, Field, Schema};
use agentmc_core::{Endpoint, Operation, types};

/// A reply that says what its body looks like.
trait Body {
    /// The schema of the body; none where there is no body.
    const SCHEMA: Option<Schema>;
}

/// The members of `{"data": T}`.
struct Envelope<T>(std::marker::PhantomData<T>);

impl<T: Describe> Envelope<T> {
    const FIELDS: &'static [Field] =
        &[Field::new("data", &["What was asked for."], T::SCHEMA).required()];
}

impl<T: Describe> Body for Data<T> {
    const SCHEMA: Option<Schema> = Some(Schema::object(Envelope::<T>::FIELDS));
}

impl<T: Describe> Body for Page<T> {
    const SCHEMA: Option<Schema> = Some(<types::Page<T> as Describe>::SCHEMA);
}

impl<T: Describe> Body for Whole<T> {
    const SCHEMA: Option<Schema> = Some(T::SCHEMA);
}

impl Body for Empty {
    const SCHEMA: Option<Schema> = None;
}

impl Body for Location {
    const SCHEMA: Option<Schema> = None;
}

macro_rules! replies {
    ($($operation:path),+) => {
        static REPLIES: &[(&str, Option<Schema>)] = &[$((
            <$operation as Operation>::ENDPOINT.id,
            <<$operation as Operation>::Reply as Body>::SCHEMA,
        )),+];
    };
}

agentmc_core::for_each_operation!(replies);

/// What the body of a successful reply looks like; none where there is no body.
///
/// It describes every revision at once: [`Field::is_in`] says which have a member.
#[must_use]
pub fn reply(endpoint: &Endpoint) -> Option<&'static Schema> {
    REPLIES.iter().find(|(id, _)| *id == endpoint.id).and_then(|(_, schema)| schema.as_ref())
}
