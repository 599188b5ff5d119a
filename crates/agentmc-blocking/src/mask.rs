//! Credentials, kept from the log.
//!
//! `ureq` logs every byte it sends, as `trace`, under `ureq_proto`. So a request is handed to it with asterisks in place
//! of what is sensitive, and the bytes are put in where they leave for the connection: on the thread that sends, after
//! they are logged and before they are encrypted.

use std::cell::RefCell;

use http::{HeaderMap, HeaderValue, Request, Uri};
use ureq::Error;
use ureq::unversioned::transport::{Buffers, NextTimeout, Transport};

thread_local! {
    /// The sensitive lines in the head of the request that this thread sends.
    static HEADERS: RefCell<Vec<Line>> = const { RefCell::new(Vec::new()) };
}

/// A line of a head as it is written: masked, and as it is. Both are of one length.
struct Line {
    masked: Vec<u8>,
    plain: Vec<u8>,
}

/// While it lives, this thread puts in what the request's headers are without.
#[derive(Debug)]
pub(crate) struct Masked(());

impl Masked {
    /// Takes what is sensitive out of the headers of `request`.
    pub(crate) fn new<T>(request: &mut Request<T>) -> Self {
        HEADERS.set(masked_headers(request.headers_mut()));
        Self(())
    }

    /// The same, and the path and the query, whose signature is as good as a credential.
    pub(crate) fn with_target<T>(request: &mut Request<T>) -> Self {
        let mut lines = masked_headers(request.headers_mut());
        if let Some((uri, line)) = masked_target(request.uri()) {
            *request.uri_mut() = uri;
            lines.push(line);
        }
        HEADERS.set(lines);
        Self(())
    }
}

fn masked_target(uri: &Uri) -> Option<(Uri, Line)> {
    let target = uri.path_and_query()?.as_str();
    let mask = format!("/{}", "*".repeat(target.len() - 1));
    let line = |target: &str| format!("{target} HTTP/1.1\r\n").into_bytes();
    let line = Line { masked: line(&mask), plain: line(target) };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(mask.try_into().ok()?);
    Some((Uri::from_parts(parts).ok()?, line))
}

fn masked_headers(headers: &mut HeaderMap) -> Vec<Line> {
    let mut lines = Vec::new();
    for (name, value) in headers.iter_mut() {
        let mask = HeaderValue::try_from(vec![b'*'; value.len()]).ok();
        let Some(mask) = mask.filter(|_| value.is_sensitive()) else { continue };
        let line = |value: &HeaderValue| {
            [b"\r\n", name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat()
        };
        lines.push(Line { masked: line(&mask), plain: line(value) });
        *value = mask;
    }
    lines
}

impl Drop for Masked {
    fn drop(&mut self) {
        HEADERS.take();
    }
}

/// A connection that puts in what is sensitive.
#[derive(Debug)]
pub(crate) struct Unmasking(pub(crate) Box<dyn Transport>);

impl Transport for Unmasking {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        HEADERS.with_borrow_mut(|lines| {
            let output = &mut self.0.buffers().output()[..amount];
            // A header is sent once; what follows the head is none of it.
            lines.retain(|line| !put_in(output, line));
        });
        self.0.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.0.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}

fn put_in(output: &mut [u8], line: &Line) -> bool {
    let at = output.windows(line.masked.len()).position(|window| window == line.masked);
    if let Some(at) = at {
        output[at..at + line.plain.len()].copy_from_slice(&line.plain);
    }
    at.is_some()
}
