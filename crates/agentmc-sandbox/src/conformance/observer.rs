//! Remembers what is observed on this thread, at the most verbose level.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// The fields of spans and of events, as text.
#[derive(Clone, Debug, Default)]
pub(super) struct Observed {
    pub(super) spans: Vec<BTreeMap<String, String>>,
    pub(super) events: Vec<BTreeMap<String, String>>,
}

/// Does something, and gives what was observed meanwhile, too.
pub(super) fn observe<T>(something: impl FnOnce() -> T) -> (T, Observed) {
    let observer = Observer::default();
    let observed = Arc::clone(&observer.observed);
    let value = tracing::subscriber::with_default(observer, something);
    let observed = observed.lock().unwrap_or_else(PoisonError::into_inner).clone();
    (value, observed)
}

#[derive(Default)]
struct Observer {
    observed: Arc<Mutex<Observed>>,
    spans: AtomicU64,
}

impl Observer {
    fn note(&self, note: impl FnOnce(&mut Observed)) {
        note(&mut self.observed.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

#[derive(Default)]
struct Fields(BTreeMap<String, String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

impl Subscriber for Observer {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields::default();
        span.record(&mut fields);
        fields.0.insert("name".to_owned(), span.metadata().name().to_owned());
        self.note(|observed| observed.spans.push(fields.0));
        Id::from_u64(self.spans.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut fields = Fields::default();
        values.record(&mut fields);
        self.note(|observed| observed.events.push(fields.0));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        fields.0.entry("message".to_owned()).or_default();
        self.note(|observed| observed.events.push(fields.0));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
