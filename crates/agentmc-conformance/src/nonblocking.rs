//! The async client.

use std::future::Future;
use std::io::{self, Read};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use agentmc_async::{Client, NewFile, Progress, reqwest, rustls};
use agentmc_core::reply::{Page, Reply};
use agentmc_core::types::{FileId, Page as PageOf};
use agentmc_core::{Api, Error, Operation, Output};
use agentmc_sandbox::Sandbox;
use agentmc_sandbox::conformance::{Content, Driver, Sink, Transferred};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use tokio::io::{AsyncRead, ReadBuf};
use tokio::runtime::{Builder, Runtime};

use crate::Subject;

mod live;

pub use live::{AsyncPublisher, AsyncRealtime, AsyncSubscription};

/// The async client, on a runtime of its own.
#[derive(Debug)]
pub struct Async {
    client: Client,
    runtime: Arc<Runtime>,
}

impl Async {
    #[expect(
        clippy::expect_used,
        reason = "without a runtime or a client there is nothing to test"
    )]
    fn with_runtime(client: Result<Client, reqwest::Error>) -> Self {
        // Another thread, since realtime goes on while nobody waits for it.
        let mut runtime = Builder::new_multi_thread();
        let runtime = runtime.worker_threads(1);
        let runtime = Arc::new(runtime.enable_all().build().expect("a runtime starts"));
        Self { client: client.expect("reqwest can be set up"), runtime }
    }

    fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }
}

impl Driver for Async {
    fn connect(_: &Arc<Sandbox>, api: Api) -> Self {
        Self::new(api)
    }

    fn send<O: Operation>(&self, operation: &O) -> Result<Output<O>, Error> {
        self.wait(self.client.send(operation))
    }

    fn call(&self, id: &str, params: Map<String, Value>) -> Result<Value, Error> {
        self.wait(self.client.call(id, params))
    }

    fn walk<O, T>(&self, operation: O, mut visit: impl FnMut(T) -> bool) -> Result<(), Error>
    where
        O: Operation<Reply = Page<T>>,
        Page<T>: Reply<Value = PageOf<T>>,
    {
        self.wait(async {
            let mut listing = self.client.list(operation);
            while let Some(item) = listing.next().await {
                if !visit(item?) {
                    break;
                }
            }
            Ok(())
        })
    }

    fn upload(&self, file: NewFile, content: Content<'_>) -> Result<Transferred, Error> {
        let progress: Arc<Mutex<Vec<Progress>>> = Arc::default();
        let report = Arc::clone(&progress);
        let upload = self.client.upload(file).on_progress(move |now| {
            report.lock().unwrap_or_else(PoisonError::into_inner).push(now);
        });
        let file = self.wait(async {
            match content {
                Content::Bytes(bytes) => upload.from_bytes(bytes).await,
                Content::Path(path) => upload.from_path(path).await,
                Content::Stream(stream, size) => upload.from_reader(Ready(stream), size).await,
            }
        })?;
        let progress = progress.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(Transferred { file, progress })
    }

    fn download(&self, file: FileId, sink: Sink<'_>) -> Result<Transferred, Error> {
        let mut progress = Vec::new();
        let download = self.client.download(file).on_progress(|now| progress.push(now));
        let file = self.wait(async {
            match sink {
                Sink::Memory(memory) => download.to_writer(memory).await,
                Sink::Path(path) => download.to_path(path).await,
            }
        })?;
        Ok(Transferred { file, progress })
    }
}

/// A stream that is always ready, since reading it blocks.
struct Ready(Box<dyn Read + Send>);

impl AsyncRead for Ready {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut piece = vec![0; buffer.remaining()];
        let read = self.0.read(&mut piece)?;
        buffer.put_slice(&piece[..read]);
        Poll::Ready(Ok(()))
    }
}

/// TLS that trusts `root` alone.
#[expect(clippy::expect_used, reason = "a root that cannot be used is the test's mistake")]
fn trusting(root: &[u8]) -> rustls::ClientConfig {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(root.to_vec().into()).expect("a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring supports TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

impl Subject for Async {
    fn new(api: Api) -> Self {
        Self::with_runtime(Client::new(api))
    }

    fn trusting(api: Api, root: &[u8]) -> Self {
        let builder = reqwest::Client::builder().no_proxy();
        Self::with_runtime(Client::build_with_tls(api, builder, trusting(root)))
    }

    fn without_proxy(api: Api) -> Self {
        Self::with_runtime(Client::build(api, reqwest::Client::builder().no_proxy()))
    }

    fn list_by_name(
        &self,
        id: &str,
        params: Map<String, Value>,
        most: usize,
    ) -> Result<Vec<Value>, Error> {
        self.wait(async {
            let (mut items, mut listing) = (Vec::new(), self.client.list_by_name(id, params)?);
            while items.len() < most {
                let Some(item) = listing.next().await else { break };
                items.push(item?);
            }
            Ok(items)
        })
    }

    fn call_raw(&self, id: &str, params: Map<String, Value>) -> Result<Box<RawValue>, Error> {
        self.wait(self.client.call_raw(id, params))
    }

    fn list_raw(&self, id: &str, params: Map<String, Value>) -> Result<Vec<Box<RawValue>>, Error> {
        self.wait(async {
            let (mut items, mut listing) = (Vec::new(), self.client.list_raw(id, params)?);
            while let Some(item) = listing.next().await {
                items.push(item?);
            }
            Ok(items)
        })
    }

    fn with(&self, change: impl FnOnce(Api) -> Api) -> Self {
        Self { client: self.client.with(change), runtime: Arc::clone(&self.runtime) }
    }
}
