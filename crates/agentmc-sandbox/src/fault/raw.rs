//! What a client reads out of raw bytes.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode};

/// A reply as far as it arrived.
#[derive(Debug)]
pub(super) struct Arrived {
    pub(super) response: Response<Bytes>,
    /// Whether the whole body is there.
    pub(super) whole: bool,
}

/// Reads an HTTP/1 reply, the way a client does that sees the connection close after it; `None` if it has no head.
pub(super) fn read(mut bytes: &[u8]) -> Option<Arrived> {
    loop {
        let (head, rest) = split(bytes, b"\r\n\r\n")?;
        let mut response = head_of(std::str::from_utf8(head).ok()?)?;
        if response.status().is_informational() {
            bytes = rest;
            continue;
        }
        let (body, whole) = body(&response, rest)?;
        *response.body_mut() = body;
        return Some(Arrived { response, whole });
    }
}

fn split<'a>(bytes: &'a [u8], end: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let place = bytes.windows(end.len()).position(|window| window == end)?;
    Some((&bytes[..place], &bytes[place + end.len()..]))
}

fn head_of(head: &str) -> Option<Response<Bytes>> {
    let mut lines = head.split("\r\n");
    let rest = lines.next()?.strip_prefix("HTTP/1.")?;
    let (minor, rest) = rest.split_once(' ')?;
    let code = rest.split(' ').next()?;
    let known = matches!(minor, "0" | "1") && code.len() == 3;
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::from_bytes(code.as_bytes()).ok().filter(|_| known)?;
    for line in lines {
        let (name, value) = line.split_once(':')?;
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        response.headers_mut().append(name, HeaderValue::from_str(value.trim()).ok()?);
    }
    Some(response)
}

fn body(response: &Response<Bytes>, rest: &[u8]) -> Option<(Bytes, bool)> {
    let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
    if !super::has_body(response.status()) {
        return Some((Bytes::new(), true));
    }
    if header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        return Some(chunks(rest));
    }
    let Some(length) = header("content-length") else {
        return Some((Bytes::copy_from_slice(rest), true));
    };
    let length: usize = length.parse().ok()?;
    let arrived = length.min(rest.len());
    Some((Bytes::copy_from_slice(&rest[..arrived]), arrived == length))
}

fn chunks(mut rest: &[u8]) -> (Bytes, bool) {
    let mut body = Vec::new();
    loop {
        let next = split(rest, b"\r\n").and_then(|(line, rest)| Some((size(line)?, rest)));
        let Some((size, after)) = next else { return (body.into(), false) };
        if size == 0 {
            return (body.into(), after.starts_with(b"\r\n"));
        }
        let arrived = size.min(after.len());
        body.extend_from_slice(&after[..arrived]);
        match after.get(arrived..).and_then(|rest| rest.strip_prefix(b"\r\n")) {
            Some(next) if arrived == size => rest = next,
            _ => return (body.into(), false),
        }
    }
}

fn size(line: &[u8]) -> Option<usize> {
    let digits = std::str::from_utf8(line).ok()?.split(';').next()?.trim();
    usize::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_reply_is_read_with_its_length_in_chunks_or_until_the_end() {
        for (wire, body, whole) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc", "ab", true),
            ("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc", "abc", false),
            ("HTTP/1.0 200 OK\r\n\r\nabc", "abc", true),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
                "ab",
                true,
            ),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nab", "ab", false),
            ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\nabc", "", true),
        ] {
            let arrived = read(wire.as_bytes());
            let arrived = arrived.map(|arrived| (arrived.response.into_body(), arrived.whole));
            assert_eq!(arrived, Some((body.into(), whole)), "{wire}");
        }
    }

    #[test]
    fn what_is_no_head_is_no_reply() {
        for wire in ["", "HTTP/1.1 200 OK\r\n", "hello\r\n\r\n", "HTTP/2 200 OK\r\n\r\n"] {
            assert!(read(wire.as_bytes()).is_none(), "{wire}");
        }
    }
}
