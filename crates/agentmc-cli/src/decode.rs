//! `agentmc decode`.

use agentmc_core::{ApiError, DecodeError, Error, find};
use http::header::{HeaderValue, LOCATION};

use crate::args::{Common, Decode};
use crate::failure::Failure;
use crate::input;
use crate::output::Output;

pub(crate) fn run(common: &Common, args: &Decode, out: &mut Output) -> Result<(), Failure> {
    let endpoint = find(&args.id)?;
    let revision = common.revision.unwrap_or_else(|| endpoint.newest());
    let step = endpoint.step_in(revision)?;
    let body = input::standard_input(input::MOST)?;

    let status = http::StatusCode::from_u16(args.status.unwrap_or(step.success));
    let mut response = http::Response::new(body.into());
    *response.status_mut() = status.map_err(|_| Failure::input("--status takes an HTTP status"))?;
    if let Some(location) = &args.location {
        let location = HeaderValue::from_str(location);
        let location =
            location.map_err(|_| Failure::input("--location cannot stand in a header"))?;
        response.headers_mut().insert(LOCATION, location);
    }
    if endpoint.is_success(response.status()) {
        let reading = (endpoint.read_typed)(endpoint.id, &response);
        return Ok(out.value(&reading.map_err(unread)?)?);
    }
    let error = Error::from(ApiError::read(endpoint.id, &response));
    out.value(&error.to_json())?;
    Err(error.into())
}

/// Nothing has been asked for, whatever the operation.
fn unread(error: DecodeError) -> Failure {
    let error = Error::from(error);
    let advice = "--revision reads it as another revision has it".to_owned();
    Failure::Said { message: error.explain(), error, advice }
}
