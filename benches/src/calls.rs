//! Whole calls over loopback, against the bare HTTP libraries.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use agentmc_async::reqwest;
use agentmc_core::ops::tasks::ShowTask;
use agentmc_core::{Api, BaseUrl, Credential};
use bytes::Bytes;
use cpu_time::{ProcessTime, ThreadTime};
use futures_util::stream::{self, StreamExt};
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::Client as Hyper;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::runtime::{Builder, Runtime};
use ureq::Agent;

use crate::measure::{Effort, Ratio, of_pairs, quartiles};
use crate::report::{Bound, Report, time};
use crate::{sample, server};

const SUBJECT: &str = "A small call over loopback";

fn api(address: SocketAddr) -> Api {
    let base = BaseUrl::new(&format!("http://{address}/api/v1")).expect("a base URL");
    Api::new(Credential::api_key("cc_0123456789abcdef").expect("a key")).at(base)
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// The processor time of this thread, in nanoseconds, for one of `calls` things.
fn cpu(calls: u32, mut call: impl FnMut()) -> f64 {
    let start = ThreadTime::now();
    for _ in 0..calls {
        call();
    }
    start.elapsed().as_nanos() as f64 / f64::from(calls)
}

fn by_turns(effort: Effort, mut ours: impl FnMut(), mut theirs: impl FnMut()) -> Ratio {
    const CALLS: u32 = 200;
    cpu(CALLS, &mut ours);
    cpu(CALLS, &mut theirs);
    let pairs = (0..effort.rounds).map(|round| {
        if round % 2 == 0 {
            let ours = cpu(CALLS, &mut ours);
            (ours, cpu(CALLS, &mut theirs))
        } else {
            let theirs = cpu(CALLS, &mut theirs);
            (cpu(CALLS, &mut ours), theirs)
        }
    });
    of_pairs(pairs.collect())
}

fn bare_reqwest() -> reqwest::Client {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder().no_proxy().tls_backend_preconfigured(tls).build().expect("a client")
}

/// What a hand writes around a bare library: the URL, the key, and a derive for the reply.
#[derive(serde::Deserialize)]
struct Reply {
    data: crate::decode::PlainTask,
}

fn read(body: &[u8]) -> crate::decode::PlainTask {
    serde_json::from_slice::<Reply>(body).expect("a task").data
}

pub(crate) fn measure(report: &mut Report, effort: Effort) {
    let address = server::start(sample::one());
    let url = format!("http://{address}/api/v1/tasks/5");
    let show = ShowTask::new(5);

    let client = agentmc_blocking::Client::new(api(address));
    let config = Agent::config_builder().proxy(None).http_status_as_error(false).max_redirects(0);
    let agent =
        Agent::new_with_config(config.timeout_global(Some(Duration::from_secs(30))).build());
    let ratio = by_turns(
        effort,
        || drop(client.send(&show).expect("a task")),
        || {
            let reply = agent.get(&url).header("x-api-key", "cc_0123456789abcdef");
            let body = reply.call().expect("a reply").body_mut().read_to_vec().expect("a body");
            std::hint::black_box(read(&body));
        },
    );
    report.ratio(SUBJECT, "blocking, processor time over bare ureq", Some(1.15), ratio);

    let runtime = runtime();
    let client = agentmc_async::Client::new(api(address)).expect("a client");
    let bare = bare_reqwest();
    let ratio = by_turns(
        effort,
        || drop(runtime.block_on(client.send(&show)).expect("a task")),
        || drop(std::hint::black_box(runtime.block_on(with_reqwest(&bare, &url)))),
    );
    report.ratio(SUBJECT, "async, processor time over bare reqwest", Some(1.15), ratio);

    let hyper: Hyper<HttpConnector, Empty<Bytes>> =
        Hyper::builder(TokioExecutor::new()).build(HttpConnector::new());
    let ratio = by_turns(
        effort,
        || drop(runtime.block_on(client.send(&show)).expect("a task")),
        || {
            let body = runtime.block_on(async {
                let request = http::Request::get(&url).header("x-api-key", "cc_0123456789abcdef");
                let request = request.body(Empty::new()).expect("a request");
                let reply = hyper.request(request).await.expect("a reply");
                reply.into_body().collect().await.expect("a body").to_bytes()
            });
            std::hint::black_box(read(&body));
        },
    );
    report.ratio(SUBJECT, "async, processor time over bare hyper-util", None, ratio);
    in_flight(report, SUBJECT, &[64]);
}

async fn with_reqwest(client: &reqwest::Client, url: &str) -> crate::decode::PlainTask {
    let request = client.get(url).header("x-api-key", "cc_0123456789abcdef");
    let reply = request.timeout(Duration::from_secs(30)).send().await.expect("a reply");
    read(&reply.bytes().await.expect("a body"))
}

/// Calls a second with so many in flight, against bare reqwest.
pub(crate) fn in_flight(report: &mut Report, subject: &'static str, counts: &[usize]) {
    let address = server::start(sample::one());
    let url = format!("http://{address}/api/v1/tasks/5");
    let (runtime, show) = (runtime(), ShowTask::new(5));
    let client = agentmc_async::Client::new(api(address)).expect("a client");
    let bare = bare_reqwest();
    for &count in counts {
        let calls = 4_000.max(count * 4);
        let mut busy = Vec::new();
        let pairs = (0..9).map(|_| {
            let (ours, server) = rate(&runtime, calls, count, || async {
                drop(client.send(&show).await.expect("a task"));
            });
            busy.push(server);
            let (theirs, _) = rate(&runtime, calls, count, || async {
                drop(std::hint::black_box(with_reqwest(&bare, &url).await));
            });
            (ours, theirs)
        });
        let ratio = of_pairs(pairs.collect());
        let what = format!("{count} in flight: calls a second over bare reqwest");
        let target = (subject == SUBJECT).then_some((Bound::AtLeast, 0.9));
        let aside = format!(
            "{:.0} against {:.0} a second, {} a call",
            ratio.ours,
            ratio.theirs,
            time(1e9 / ratio.ours)
        );
        report.figure(subject, &what, ratio.median(), target, aside);
        let what = format!("{count} in flight: how much of a core the server takes meanwhile");
        let target = Some((Bound::AtMost, 0.8));
        report.figure(subject, &what, quartiles(busy)[1], target, "");
    }
}

/// Calls a second, and how much of a core other threads than the client's take meanwhile.
fn rate<F: Future<Output = ()>>(
    runtime: &Runtime,
    calls: usize,
    at_once: usize,
    call: impl Fn() -> F,
) -> (f64, f64) {
    let (start, all, client) = (Instant::now(), ProcessTime::now(), ThreadTime::now());
    runtime.block_on(
        stream::iter(0..calls).map(|_| call()).buffer_unordered(at_once).for_each(|()| async {}),
    );
    let took = start.elapsed().as_secs_f64();
    let others = all.elapsed().saturating_sub(client.elapsed()).as_secs_f64();
    (calls as f64 / took, others / took)
}
