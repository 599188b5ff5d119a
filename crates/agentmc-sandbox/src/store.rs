//! Storage: the origin that keeps the bytes of files. It knows no credential but a signed URL.

use bytes::Bytes;
use http::header::{
    ACCEPT_RANGES, ALLOW, AUTHORIZATION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, COOKIE, ETAG,
    HeaderMap, HeaderName, HeaderValue, IF_RANGE, PROXY_AUTHORIZATION, RANGE,
};
use http::{Method, Request, Response, StatusCode};

use crate::keys::hash;
use crate::world::{Upload, World};

mod range;

use range::Wanted;

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// What never belongs here.
const CREDENTIALS: [HeaderName; 4] = [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION, API_KEY];

/// A request refused, in the style of object stores.
struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: &'static str,
}

const fn refusal(status: StatusCode, code: &'static str, message: &'static str) -> Refusal {
    Refusal { status, code, message }
}

/// Answers a request to the storage origin. The clock stands still meanwhile.
pub(crate) fn answer(world: &mut World, request: &Request<Bytes>) -> Response<Bytes> {
    reply(world, request).unwrap_or_else(Refusal::into_response)
}

/// The reply to what cannot be read as a request, or does not arrive.
pub(crate) fn unreadable(status: StatusCode) -> Response<Bytes> {
    let (code, message) = match status {
        StatusCode::REQUEST_TIMEOUT => ("RequestTimeout", "The request did not arrive in time."),
        StatusCode::URI_TOO_LONG => ("InvalidURI", "The target is too long."),
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
            ("RequestHeaderSectionTooLarge", "There are too many headers, or they are too large.")
        }
        _ => ("InvalidRequest", "This is no HTTP/1.1 request, or not the whole of one."),
    };
    refusal(status, code, message).into_response()
}

fn reply(world: &mut World, request: &Request<Bytes>) -> Result<Response<Bytes>, Refusal> {
    let headers = request.headers();
    if CREDENTIALS.iter().any(|name| headers.contains_key(name)) {
        return Err(refusal(
            StatusCode::BAD_REQUEST,
            "InvalidArgument",
            "Storage takes no credential: the URL is signed.",
        ));
    }
    if ![Method::GET, Method::PUT].contains(request.method()) {
        return Err(refusal(
            StatusCode::METHOD_NOT_ALLOWED,
            "MethodNotAllowed",
            "Storage takes GET and PUT.",
        ));
    }
    let key = request.uri().path().strip_prefix('/').unwrap_or_default();
    check_signature(world, request, key)?;
    if request.method() == Method::PUT {
        put(world, request, key)
    } else {
        get(world, headers, key)
    }
}

fn check_signature(world: &World, request: &Request<Bytes>, key: &str) -> Result<(), Refusal> {
    let query = request.uri().query().unwrap_or_default();
    let value = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(other, _)| *other == name).map(|(_, value)| value)
    };
    let expires = value("expires").and_then(|expires| expires.parse::<i64>().ok());
    let signed = expires.filter(|expires| {
        let signature = world.keys().sign_storage(request.method().as_str(), key, *expires);
        value("signature") == Some(signature.as_str())
    });
    let expires = signed.ok_or(refusal(
        StatusCode::FORBIDDEN,
        "SignatureDoesNotMatch",
        "The signature is not that of this request.",
    ))?;
    if world.now().as_second() >= expires {
        return Err(refusal(StatusCode::FORBIDDEN, "AccessDenied", "The URL has expired."));
    }
    Ok(())
}

fn put(world: &mut World, request: &Request<Bytes>, key: &str) -> Result<Response<Bytes>, Refusal> {
    let bad = |code, message| Err(refusal(StatusCode::BAD_REQUEST, code, message));
    let Some(upload) = world.upload_to(key) else {
        return Err(refusal(StatusCode::NOT_FOUND, "NoSuchUpload", "There is no such upload."));
    };
    if upload.used {
        return Err(refusal(
            StatusCode::CONFLICT,
            "InvalidRequest",
            "A file has been made of this upload already.",
        ));
    }
    if !has_headers(upload, request.headers()) {
        return bad("InvalidRequest", "The headers are not exactly those of the ticket.");
    }
    let body = request.body();
    if body.len() as u64 != upload.byte_size {
        return bad("IncompleteBody", "The body is not as long as the ticket says.");
    }
    let sum = hash(body);
    if upload.checksum_sha256.as_ref().is_some_and(|checksum| *checksum != sum) {
        return bad("BadDigest", "The body does not have the checksum of the ticket.");
    }
    let mime_type = upload.mime_type.clone();
    world.storage.put(key, &mime_type, &sum, body.clone());
    let mut response = Response::new(Bytes::new());
    if let Some(object) = world.storage.get(key) {
        insert(response.headers_mut(), ETAG, &object.tag);
    }
    Ok(response)
}

/// Whether what the headers say of the content is what the ticket says, no more and no less. Headers of the
/// transport do not count.
fn has_headers(upload: &Upload, headers: &HeaderMap) -> bool {
    let expected = &upload.ticket.upload_headers;
    let there = expected.iter().all(|(name, value)| {
        let mut values = headers.get_all(name.as_str()).iter();
        let first = values.next().map(HeaderValue::as_bytes);
        first == value.as_str().map(str::as_bytes) && values.next().is_none()
    });
    let mut others = headers.keys().filter(|name| {
        let text = name.as_str();
        let counts = text.starts_with("x-") || text.starts_with("content-");
        counts
            && *name != CONTENT_LENGTH
            && !expected.keys().any(|key| key.eq_ignore_ascii_case(text))
    });
    there && others.next().is_none()
}

fn get(world: &World, headers: &HeaderMap, key: &str) -> Result<Response<Bytes>, Refusal> {
    let object = world.storage.get(key).ok_or(refusal(
        StatusCode::NOT_FOUND,
        "NoSuchKey",
        "There is no such file.",
    ))?;
    let total = object.bytes.len();
    // A part is of use only to who has the rest of the same bytes.
    let same = headers.get(IF_RANGE).is_none_or(|tag| tag.as_bytes() == object.tag.as_bytes());
    let asked = headers.get(RANGE).filter(|_| same).and_then(|range| range.to_str().ok());
    let wanted = asked.map_or(Wanted::Whole, |range| range::read(range, total));

    let mut response = Response::new(object.bytes.clone());
    let head = response.headers_mut();
    head.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    insert(head, ETAG, &object.tag);
    insert(head, CONTENT_TYPE, &object.mime_type);
    match wanted {
        Wanted::Whole => {}
        Wanted::Part(part) => {
            let (first, last) = (part.start, part.end.saturating_sub(1));
            insert(head, CONTENT_RANGE, &format!("bytes {first}-{last}/{total}"));
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            *response.body_mut() = object.bytes.slice(part);
        }
        Wanted::Beyond => {
            insert(head, CONTENT_RANGE, &format!("bytes */{total}"));
            head.remove(CONTENT_TYPE);
            *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
            *response.body_mut() = Bytes::new();
        }
    }
    let length = response.body().len();
    response.headers_mut().insert(CONTENT_LENGTH, length.into());
    Ok(response)
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(name, value);
    }
}

impl Refusal {
    fn into_response(self) -> Response<Bytes> {
        let Self { status, code, message } = self;
        let body = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/xml"));
        if status == StatusCode::METHOD_NOT_ALLOWED {
            headers.insert(ALLOW, HeaderValue::from_static("GET, PUT"));
        }
        response
    }
}
