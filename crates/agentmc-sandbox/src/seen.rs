//! What arrived.

use std::collections::VecDeque;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use crate::fault::Fault;

/// How many requests are remembered.
const COUNT: usize = 10_000;

/// How many bytes of targets, headers and bodies are remembered.
const BYTES: usize = 64 << 20;

/// A request that arrived, and how it was answered.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Seen {
    /// The method.
    pub method: Method,
    /// The path and the query, as they were sent.
    pub target: String,
    /// The headers, credentials included.
    pub headers: HeaderMap,
    /// The body; of one that was too large, the first part.
    pub body: Bytes,
    /// The status of the reply; if a fault kept the reply back, the one it would have had.
    pub status: StatusCode,
    /// The operation it was understood as; `None` if the path or the method was unknown, or storage was asked.
    pub operation: Option<&'static str>,
    /// What went wrong on demand.
    pub fault: Option<Fault>,
}

/// The last requests that arrived, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    requests: VecDeque<Seen>,
    bytes: usize,
    forgotten: usize,
}

impl Seen {
    pub(crate) fn new(
        request: http::Request<Bytes>,
        status: StatusCode,
        operation: Option<&'static str>,
    ) -> Self {
        let (parts, body) = request.into_parts();
        let target = parts.uri.path_and_query().map_or_else(String::new, ToString::to_string);
        // A header value borrows from the buffer its connection was read into, and would keep all of it.
        let own = |value: &HeaderValue| HeaderValue::from_bytes(value.as_bytes()).ok();
        let headers =
            parts.headers.iter().filter_map(|(name, value)| Some((name.clone(), own(value)?)));
        let headers = headers.fold(HeaderMap::new(), |mut headers, (name, value)| {
            headers.append(name, value);
            headers
        });
        Self { method: parts.method, target, headers, body, status, operation, fault: None }
    }

    fn bytes(&self) -> usize {
        let headers = self.headers.iter().map(|(name, value)| name.as_str().len() + value.len());
        self.target.len() + self.body.len() + headers.sum::<usize>()
    }
}

impl Memory {
    /// Remembers a request, and forgets the oldest ones while there are too many.
    pub(crate) fn add(&mut self, seen: Seen) {
        self.bytes += seen.bytes();
        self.requests.push_back(seen);
        while self.requests.len() > COUNT || self.bytes > BYTES {
            let Some(oldest) = self.requests.pop_front() else { break };
            self.bytes -= oldest.bytes();
            self.forgotten += 1;
        }
    }

    /// How many requests have arrived, forgotten ones included.
    pub(crate) fn count(&self) -> usize {
        self.forgotten + self.requests.len()
    }

    /// The requests that arrived after the first `count` of all, unless they are forgotten.
    pub(crate) fn since(&self, count: usize) -> Vec<Seen> {
        self.requests.iter().skip(count.saturating_sub(self.forgotten)).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(memory: &mut Memory, target: &str, body: usize) {
        let mut request = http::Request::new(Bytes::from(vec![b' '; body]));
        *request.uri_mut() = target.parse().unwrap_or_default();
        memory.add(Seen::new(request, StatusCode::OK, None));
    }

    fn targets(seen: &[Seen]) -> Vec<&str> {
        seen.iter().map(|seen| seen.target.as_str()).collect()
    }

    #[test]
    fn the_last_ten_thousand_are_remembered() {
        let mut memory = Memory::default();
        for number in 0..COUNT + 2 {
            add(&mut memory, &format!("/{number}"), 0);
        }
        assert_eq!((memory.since(0).len(), memory.count()), (COUNT, COUNT + 2));
        assert_eq!(targets(&memory.since(0))[0], "/2");
    }

    #[test]
    fn the_oldest_are_forgotten_when_bodies_grow_large() {
        let mut memory = Memory::default();
        for number in 0..4 {
            add(&mut memory, &format!("/{number}"), BYTES / 3);
        }
        assert_eq!(targets(&memory.since(0)), ["/2", "/3"]);
        assert!(memory.bytes <= BYTES);
        assert_eq!(memory.count(), 4);
    }

    #[test]
    fn headers_count_as_bytes_too() {
        let mut memory = Memory::default();
        add(&mut memory, "/first", 0);
        let request = http::Request::builder().header("x-long", "x".repeat(BYTES - 6));
        let Ok(request) = request.body(Bytes::new()) else { panic!("the request is well-formed") };
        memory.add(Seen::new(request, StatusCode::OK, None));
        assert_eq!((memory.count(), memory.since(0).len()), (2, 0));
    }

    #[test]
    fn counting_goes_on_where_memory_ends() {
        let mut memory = Memory::default();
        for number in 0..4 {
            add(&mut memory, &format!("/{number}"), BYTES / 3);
        }
        assert_eq!(targets(&memory.since(1)), ["/2", "/3"]);
        assert_eq!(targets(&memory.since(3)), ["/3"]);
        assert_eq!(targets(&memory.since(4)), [""; 0]);
        assert_eq!(targets(&memory.since(99)), [""; 0]);
    }
}
