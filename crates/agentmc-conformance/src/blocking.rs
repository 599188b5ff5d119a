//! The blocking client.

use std::sync::Arc;

use agentmc_blocking::ureq::Agent;
use agentmc_blocking::ureq::tls::{Certificate, RootCerts, TlsConfig};
use agentmc_blocking::{Client, NewFile};
use agentmc_core::reply::{Page, Reply};
use agentmc_core::types::{FileId, Page as PageOf};
use agentmc_core::{Api, Error, Operation, Output};
use agentmc_sandbox::Sandbox;
use agentmc_sandbox::conformance::{Content, Driver, Sink, Transferred};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::Subject;

mod live;

/// The blocking client.
#[derive(Debug)]
pub struct Blocking(Client);

impl Driver for Blocking {
    fn connect(_: &Arc<Sandbox>, api: Api) -> Self {
        Self(Client::new(api))
    }

    fn send<O: Operation>(&self, operation: &O) -> Result<Output<O>, Error> {
        self.0.send(operation)
    }

    fn call(&self, id: &str, params: Map<String, Value>) -> Result<Value, Error> {
        self.0.call(id, params)
    }

    fn walk<O, T>(&self, operation: O, mut visit: impl FnMut(T) -> bool) -> Result<(), Error>
    where
        O: Operation<Reply = Page<T>>,
        Page<T>: Reply<Value = PageOf<T>>,
    {
        for item in self.0.list(operation) {
            if !visit(item?) {
                break;
            }
        }
        Ok(())
    }

    fn upload(&self, file: NewFile, content: Content<'_>) -> Result<Transferred, Error> {
        let mut progress = Vec::new();
        let upload = self.0.upload(file).on_progress(|now| progress.push(now));
        let file = match content {
            Content::Bytes(bytes) => upload.from_bytes(bytes),
            Content::Path(path) => upload.from_path(path),
            Content::Stream(stream, size) => upload.from_reader(stream, size),
        }?;
        Ok(Transferred { file, progress })
    }

    fn download(&self, file: FileId, sink: Sink<'_>) -> Result<Transferred, Error> {
        let mut progress = Vec::new();
        let download = self.0.download(file).on_progress(|now| progress.push(now));
        let file = match sink {
            Sink::Memory(memory) => download.to_writer(memory),
            Sink::Path(path) => download.to_path(path),
        }?;
        Ok(Transferred { file, progress })
    }
}

impl Subject for Blocking {
    fn new(api: Api) -> Self {
        Self(Client::new(api))
    }

    fn trusting(api: Api, root: &[u8]) -> Self {
        let root = Certificate::from_der(root).to_owned();
        let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&[root]));
        Self(Client::build_with_tls(api, Agent::config_builder().proxy(None), tls))
    }

    fn without_proxy(api: Api) -> Self {
        Self(Client::build(api, Agent::config_builder().proxy(None)))
    }

    fn list_by_name(
        &self,
        id: &str,
        params: Map<String, Value>,
        most: usize,
    ) -> Result<Vec<Value>, Error> {
        self.0.list_by_name(id, params)?.take(most).collect()
    }

    fn call_raw(&self, id: &str, params: Map<String, Value>) -> Result<Box<RawValue>, Error> {
        self.0.call_raw(id, params)
    }

    fn list_raw(&self, id: &str, params: Map<String, Value>) -> Result<Vec<Box<RawValue>>, Error> {
        self.0.list_raw(id, params)?.collect()
    }

    fn with(&self, change: impl FnOnce(Api) -> Api) -> Self {
        Self(self.0.with(change))
    }
}
