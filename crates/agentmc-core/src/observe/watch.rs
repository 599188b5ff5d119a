//! Telling an observer, if there is one.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
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

    pub(crate) const fn is_watched(&self) -> bool {
        self.0.is_some()
    }

    /// Tells the observer, if there is one.
    pub(crate) fn tell(&self, what: impl FnOnce(&dyn Observer)) {
        if let Some(observer) = &self.0 {
            tell(&**observer, what);
        }
    }

    /// Tells of a request to storage, with so many bytes of content.
    pub(crate) fn storage_begins(
        &self,
        operation: &'static str,
        attempt: u32,
        request: &http::Request<()>,
        content: u64,
    ) {
        self.tell(|observer| {
            observer.storage_begins(&StorageRequest {
                operation,
                attempt,
                method: request.method(),
                url: &place(&request.uri().to_string()),
                headers: request.headers(),
                content,
            });
        });
    }

    pub(crate) fn storage_ended(&self, reply: impl FnOnce() -> StorageReply) {
        self.tell(|observer| observer.storage_ended(&reply()));
    }
}

/// Tells an observer. A panic of its goes no further: what is observed must not change by it, and a call without an answer
/// would be waited for without end.
fn tell(observer: &dyn Observer, what: impl FnOnce(&dyn Observer)) {
    let _ = catch_unwind(AssertUnwindSafe(|| what(observer)));
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
            tell(&**observer, |observer| observer.websocket_opens(&url));
            (Arc::clone(observer), url)
        }))
    }

    /// Tells that it is open.
    pub fn opened(&self) {
        if let Some((observer, url)) = &self.0 {
            tell(&**observer, |observer| observer.websocket_opened(url));
        }
    }

    /// Tells that it is closed.
    pub fn closed(mut self, code: Option<u16>, reason: &str) {
        if let Some((observer, url)) = self.0.take() {
            tell(&*observer, |observer| observer.websocket_closed(&url, code, reason));
        }
    }
}

impl Drop for WebsocketWatch {
    fn drop(&mut self) {
        if let Some((observer, url)) = self.0.take() {
            tell(&*observer, |observer| observer.websocket_closed(&url, None, ""));
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
    use std::sync::{Arc, Mutex};

    use super::{Observer, WebsocketWatch, place};
    use crate::api::Api;
    use crate::credential::Credential;

    /// Writes down what becomes of websockets; a note that it has no room for makes it panic.
    #[derive(Default)]
    struct Notes(Mutex<Vec<String>>, usize);

    impl Notes {
        fn note(&self, note: String) {
            let mut notes = self.0.lock().unwrap();
            assert!(notes.len() < self.1, "no room");
            notes.push(note);
        }
    }

    impl Observer for Notes {
        fn websocket_opens(&self, url: &str) {
            self.note(format!("opens {url}"));
        }

        fn websocket_opened(&self, url: &str) {
            self.note(format!("opened {url}"));
        }

        fn websocket_closed(&self, url: &str, code: Option<u16>, reason: &str) {
            self.note(format!("closed {url} {code:?} {reason}"));
        }
    }

    fn observed(room: usize) -> (Arc<Notes>, Api) {
        let notes = Arc::new(Notes(Mutex::default(), room));
        let api = Api::new(Credential::api_key("cc_key").unwrap());
        (Arc::clone(&notes), api.observed_by(notes))
    }

    #[test]
    fn the_end_of_a_websocket_is_told_once_however_it_ends() {
        let (notes, api) = observed(9);
        drop(WebsocketWatch::opens(&api, "wss://a/?key=1"));
        let watch = WebsocketWatch::opens(&api, "wss://b");
        watch.opened();
        watch.closed(Some(1000), "bye");
        let expected = [
            "opens wss://a/",
            "closed wss://a/ None ",
            "opens wss://b",
            "opened wss://b",
            "closed wss://b Some(1000) bye",
        ];
        assert_eq!(*notes.0.lock().unwrap(), expected);
        let api = Api::new(Credential::api_key("cc_key").unwrap());
        WebsocketWatch::opens(&api, "wss://unobserved").closed(None, "");
    }

    #[test]
    fn an_observer_that_panics_changes_nothing() {
        let (notes, api) = observed(1);
        let watch = WebsocketWatch::opens(&api, "wss://a");
        watch.opened();
        drop(watch);
        assert!(notes.0.is_poisoned());
    }

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
