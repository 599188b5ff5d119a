//! The blocking client, listening.

use std::fs;
use std::net::SocketAddr;
use std::time::Duration;

use agentmc_blocking::Client;
use agentmc_blocking::realtime::{Publisher, Realtime, Subscription};
use agentmc_blocking::ureq::tls::{Certificate, RootCerts, TlsConfig};
use agentmc_blocking::ureq::{Agent, Proxy, ProxyProtocol};
use agentmc_core::realtime::publish::PublishError;
use agentmc_core::realtime::{Event, HostOptions, Outgoing, SessionOptions, Tuning};
use agentmc_core::types::{HostRealtimeSocketPayload, Secret, SessionId, SignalId};
use agentmc_core::{Api, Error};

use super::Blocking;
use crate::{Listening, Live, Publishing};

impl Live for Blocking {
    type Subscription = Subscription;
    type Realtime = Realtime;
    type Publisher = Publisher;

    #[expect(clippy::expect_used, reason = "a proxy that is none is the test's mistake")]
    fn proxied(api: Api, root: &[u8], proxy: SocketAddr) -> Self {
        let root = Certificate::from_der(root).to_owned();
        let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&[root]));
        let proxy = Proxy::new(&format!("http://{proxy}")).expect("a proxy");
        Self(Client::build_with_tls(api, Agent::config_builder().proxy(Some(proxy)), tls))
    }

    #[expect(clippy::expect_used, reason = "a proxy that is none is the test's mistake")]
    fn proxied_but(api: Api, proxy: SocketAddr, exempt: &str) -> Self {
        let builder = Proxy::builder(ProxyProtocol::Http).host(&proxy.ip().to_string());
        let proxy = builder.port(proxy.port()).no_proxy(exempt).build().expect("a proxy");
        Self(Client::build(api, Agent::config_builder().proxy(Some(proxy))))
    }

    fn realtime(&self, tuning: Tuning) -> Realtime {
        self.0.realtime_with(tuning)
    }

    fn owner_token(realtime: &Realtime) -> Secret {
        realtime.owner_token()
    }

    fn session(realtime: &Realtime, options: SessionOptions) -> Subscription {
        realtime.subscribe_session(options)
    }

    fn host(realtime: &Realtime, options: HostOptions) -> Subscription {
        realtime.subscribe_host(options)
    }

    fn publisher(realtime: &Realtime, session: SessionId) -> Publisher {
        realtime.publisher(session)
    }

    /// Threads, by the names realtime gives them. Those that make calls stay for others.
    fn busy(&self) -> Box<dyn Fn() -> usize> {
        Box::new(|| {
            let tasks = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
            let names = tasks.filter_map(|task| fs::read_to_string(task.path().join("comm")).ok());
            // The sandbox is not the client's, and a call may still be on its way.
            let other = |name: &str| name.contains("sandbox") || name.contains("call");
            names.filter(|name| name.starts_with("agentmc-") && !other(name)).count()
        })
    }
}

impl Publishing for Publisher {
    fn publish(&self, message: &Outgoing) -> Result<Vec<SignalId>, PublishError> {
        Self::publish(self, message)
    }
}

impl Listening for Subscription {
    fn next_within(&mut self, timeout: Duration) -> Option<Event> {
        self.next_timeout(timeout)
    }

    fn is_over(&mut self) -> bool {
        Self::is_over(self)
    }

    fn last_id(&self) -> Option<SignalId> {
        Self::last_id(self)
    }

    fn session(&self) -> Option<SessionId> {
        Self::session(self)
    }

    fn listen_on(&self, socket: Option<HostRealtimeSocketPayload>) {
        Self::listen_on(self, socket);
    }

    fn publish(&self, message: &Outgoing) -> Result<Vec<SignalId>, PublishError> {
        Self::publish(self, message)
    }

    fn close(self, reason: Option<&str>) -> Result<(), Error> {
        Self::close(self, reason)
    }
}
