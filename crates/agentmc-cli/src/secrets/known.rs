//! What must not be shown, though a server repeats it: the credentials that were loaded, and what was sent or told since.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::Value;

use super::search::{SHORTEST, Search};

/// How many secrets are remembered besides credentials. Later ones take the place of the earliest.
const MOST: usize = 400;

/// What a URL need not encode is left as it is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// One command is one process, so that all its errors and all it tells are held against the same.
static KNOWN: Mutex<Known> = Mutex::new(Known::new());

struct Known {
    /// The credentials, in every form.
    loaded: Vec<String>,
    /// Everything else.
    seen: VecDeque<String>,
}

/// Remembers a credential for good.
pub(crate) fn load(secret: &str) {
    known().load(secret);
}

/// Remembers what was seen to be secret.
pub(crate) fn see(secrets: impl IntoIterator<Item = impl AsRef<str>>) {
    let mut known = known();
    secrets.into_iter().for_each(|secret| known.see(secret.as_ref()));
}

/// The same text without what is known to be secret.
pub(crate) fn hidden(text: &str) -> String {
    known().search().hidden(text)
}

/// The same JSON without what is known to be secret.
pub(crate) fn hidden_in(value: Value) -> Value {
    known().search().hidden_in(value)
}

fn known() -> MutexGuard<'static, Known> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Known {
    const fn new() -> Self {
        Self { loaded: Vec::new(), seen: VecDeque::new() }
    }

    fn load(&mut self, secret: &str) {
        for form in forms(secret) {
            if !self.loaded.contains(&form) {
                self.loaded.push(form);
            }
        }
    }

    fn see(&mut self, secret: &str) {
        for form in forms(secret) {
            if self.loaded.contains(&form) {
                continue;
            }
            // What is seen again is not forgotten before what is not.
            self.seen.retain(|seen| *seen != form);
            self.seen.push_back(form);
        }
        self.seen.drain(..self.seen.len().saturating_sub(MOST));
    }

    fn search(&self) -> Search<'_> {
        Search::of(self.loaded.iter().chain(&self.seen).map(String::as_str))
    }
}

/// The ways a secret is repeated: as it is, percent-encoded or not, and with slashes as some write them in JSON.
fn forms(secret: &str) -> Vec<String> {
    let secret = secret.trim();
    let decoded = percent_decode_str(secret).decode_utf8_lossy().into_owned();
    let encoded = utf8_percent_encode(&decoded, ENCODED).to_string();
    let mut forms = vec![secret.to_owned(), encoded];
    for plain in [secret, &decoded] {
        forms.push(plain.replace('/', "\\/"));
    }
    forms.push(decoded);
    forms.retain(|form| form.len() >= SHORTEST);
    forms.sort_unstable();
    forms.dedup();
    forms
}

#[cfg(test)]
mod tests {
    use super::{Known, MOST, forms};

    #[test]
    fn a_secret_is_known_in_every_form_it_is_repeated_in() {
        let mut known = Known::new();
        known.load(" eyJ/secret%3D%3D\n");
        let text = "eyJ/secret%3D%3D eyJ/secret== eyJ\\/secret== eyJ%2Fsecret%3D%3D eyJ/other";
        let shown = known.search().hidden(text);
        assert_eq!(shown, "<secret> <secret> <secret> <secret> eyJ/other");
        assert_eq!(forms("plain-secret"), ["plain-secret"]);
        assert_eq!(forms("short"), [""; 0]);
    }

    #[test]
    fn of_what_is_seen_the_last_is_remembered_and_credentials_always() {
        let mut known = Known::new();
        known.load("the-credential");
        known.see("seen-again-and-again");
        for number in 0..10 * MOST {
            known.see(&format!("seen-{number:08}"));
            known.see("seen-again-and-again");
            known.see("the-credential");
        }
        assert_eq!((known.loaded.len(), known.seen.len()), (1, MOST));
        let text = "the-credential seen-again-and-again seen-00000000 seen-00003999";
        let shown = known.search().hidden(text);
        assert_eq!(shown, "<secret> <secret> seen-00000000 <secret>");
    }
}
