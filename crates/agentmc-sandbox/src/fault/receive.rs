//! What a client gets of a delivery: the reference for those with sockets.

use std::time::{Duration, SystemTime};

use agentmc_core::{Call, TransportError, TransportKind};
use bytes::Bytes;
use http::Response;
use http::header::{DATE, HeaderValue};

use super::raw::{self, Arrived};
use super::{Course, Cut, Delivery, has_body, pieces};

/// Why a reply is not whole.
const LOST: &str = "the connection ended";
const LATE: &str = "the time for the attempt is over";

/// What a call gets of a delivery, if nothing else goes wrong than what it says.
pub(crate) fn receive(delivery: Delivery, call: &Call) -> Result<Response<Bytes>, TransportError> {
    let limit = call.max_reply_bytes();
    let (mut response, failure) = arrive(delivery, call.timeout(), limit)?;
    let success = call.endpoint().is_success(response.status());
    if response.body().len() > limit {
        if success {
            let message = format!("the limit is {limit} bytes");
            return Err(TransportError::new(TransportKind::TooLarge, message));
        }
        response = cut(response, limit);
    }
    // The status of a refusal counts, however much of the explanation arrives.
    match failure.filter(|_| success) {
        Some(failure) => Err(failure),
        None => Ok(response),
    }
}

/// What arrives of a delivery within `time`, and why that is not the whole. Of a body larger than `limit` it may be
/// no more than one byte over.
pub(crate) fn arrive(
    delivery: Delivery,
    time: Duration,
    limit: usize,
) -> Result<(Response<Bytes>, Option<TransportError>), TransportError> {
    let Delivery { response, wait, course } = delivery;
    let error = |kind, message: &str| TransportError::new(kind, message.to_owned());
    let lost = || error(TransportKind::Lost, LOST);
    if let Course::Down(_) = course {
        return Err(lost());
    }
    if wait >= time {
        return Err(error(TransportKind::Timeout, LATE));
    }
    let sends = has_body(response.status());
    let length = response.body().len();
    let (mut response, failure) = match course {
        Course::Closed(Cut::BeforeHead | Cut::InHead)
        | Course::Reset(Cut::BeforeHead | Cut::InHead) => return Err(lost()),
        _ if response.status().is_informational() => return Err(lost()),
        Course::Closed(Cut::InBody) | Course::Reset(Cut::InBody) if sends && length > 0 => {
            (cut(response, length / 2), Some(lost()))
        }
        Course::Long if sends => (response, Some(lost())),
        Course::Short if sends => (cut(response, length / 2), None),
        Course::Drip(pause) => drip(response, pause, time - wait),
        Course::Sized(size) => {
            let size = usize::try_from(size).unwrap_or(usize::MAX);
            // One byte over the limit is as good as any number of them.
            (sized(response, size.min(limit.saturating_add(1))), None)
        }
        Course::Raw(bytes) => match raw::read(&bytes) {
            Some(Arrived { response, whole }) => (response, (!whole).then(lost)),
            None => return Err(lost()),
        },
        _ => (response, None),
    };
    date(&mut response);
    Ok((response, failure))
}

/// The reply with as much of its body as drips in time.
fn drip(
    response: Response<Bytes>,
    pause: Duration,
    time: Duration,
) -> (Response<Bytes>, Option<TransportError>) {
    let length = response.body().len();
    let piece = pieces(length);
    let pauses = length.div_ceil(piece).saturating_sub(1);
    if pause.is_zero() || pause.saturating_mul(pauses as u32) < time {
        return (response, None);
    }
    let arrived = time.as_nanos().div_ceil(pause.as_nanos()).max(1);
    let arrived = usize::try_from(arrived).unwrap_or(usize::MAX).saturating_mul(piece);
    let late = TransportError::new(TransportKind::Timeout, LATE);
    (cut(response, arrived.min(length)), Some(late))
}

fn cut(mut response: Response<Bytes>, length: usize) -> Response<Bytes> {
    response.body_mut().truncate(length);
    response
}

fn sized(mut response: Response<Bytes>, size: usize) -> Response<Bytes> {
    let mut body = response.body().to_vec();
    body.resize(size, b' ');
    *response.body_mut() = body.into();
    response
}

/// Puts in the date, as servers do.
fn date(response: &mut Response<Bytes>) {
    if let Ok(now) = HeaderValue::try_from(httpdate::fmt_http_date(SystemTime::now())) {
        response.headers_mut().entry(DATE).or_insert(now);
    }
}
