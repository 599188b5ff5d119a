//! Telling an observer, if there is one.

use std::fmt;
use std::sync::Arc;

use super::{Observer, StorageReply, StorageRequest};
use crate::api::Api;

/// The observer of an API, if there is one. Without one nothing is computed.
#[derive(Clone, Default)]
pub(crate) struct Watch(Option<Arc<dyn Observer>>);

impl Watch {
    pub(crate) fn by(observer: impl Observer) -> Self {
        Self(Some(Arc::new(observer)))
    }

    pub(crate) fn observer(&self) -> Option<&dyn Observer> {
        self.0.as_deref()
    }

    /// Tells of a request to storage, with so many bytes of content.
    pub(crate) fn storage_begins(
        &self,
        operation: &'static str,
        attempt: u32,
        request: &http::Request<()>,
        content: u64,
    ) {
        let Some(observer) = self.observer() else { return };
        observer.storage_begins(&StorageRequest {
            operation,
            attempt,
            method: request.method(),
            url: &place(&request.uri().to_string()),
            headers: request.headers(),
            content,
        });
    }

    pub(crate) fn storage_ended(&self, reply: impl FnOnce() -> StorageReply) {
        if let Some(observer) = self.observer() {
            observer.storage_ended(&reply());
        }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "observed" } else { "unobserved" })
    }
}

/// A websocket whose observer is told what becomes of it: for drivers.
///
/// One that is dropped is told to be closed, so that none is forgotten and none told twice.
#[must_use = "a websocket that is dropped is told to be closed"]
pub struct WebsocketWatch(Option<(Arc<dyn Observer>, String)>);

impl WebsocketWatch {
    /// A websocket that is about to be opened: tells of it.
    pub fn opens(api: &Api, url: &str) -> Self {
        Self(api.watch().0.as_ref().map(|observer| {
            let url = place(url);
            observer.websocket_opens(&url);
            (Arc::clone(observer), url)
        }))
    }

    /// Tells that it is open.
    pub fn opened(&self) {
        if let Some((observer, url)) = &self.0 {
            observer.websocket_opened(url);
        }
    }

    /// Tells that it is closed.
    pub fn closed(mut self, code: Option<u16>, reason: &str) {
        if let Some((observer, url)) = self.0.take() {
            observer.websocket_closed(&url, code, reason);
        }
    }
}

impl Drop for WebsocketWatch {
    fn drop(&mut self) {
        if let Some((observer, url)) = self.0.take() {
            observer.websocket_closed(&url, None, "");
        }
    }
}

impl fmt::Debug for WebsocketWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WebsocketWatch").field(&self.0.as_ref().map(|(_, url)| url)).finish()
    }
}

/// A URL without what may be secret: neither user nor query.
fn place(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn a_place_has_neither_user_nor_query() {
        for (url, expected) in [
            ("https://s3.example/a/b?X-Amz-Signature=1", "https://s3.example/a/b"),
            ("https://user:word@s3.example:8443/a@b?x=1#y", "https://s3.example:8443/a@b"),
            ("wss://ws.example?protocol=7", "wss://ws.example"),
            ("/relative?x=1", "/relative"),
        ] {
            assert_eq!(place(url), expected);
        }
    }
}
