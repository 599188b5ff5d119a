//! The proxy of the environment. The environment belongs to the process, so the calls are made in another.

use std::process::Command;

use agentmc_conformance::{Async, Blocking, Subject};
use agentmc_core::ErrorKind;
use agentmc_core::ops::tasks::ShowTask;
use serde_json::json;

use crate::servers::{api_at, json_answer, saying, task};

/// Set in the other process: the server to call.
const SERVER: &str = "AGENTMC_TEST_SERVER";

const PROXIES: [&str; 6] =
    ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];

#[test]
fn the_proxy_of_the_environment_is_used_for_https_and_never_for_plain_http() {
    if let Ok(server) = std::env::var(SERVER) {
        calls::<Blocking>(&server);
        calls::<Async>(&server);
        return;
    }
    let (server, direct) = json_answer(200, &json!({"data": task()}));
    let (proxy, proxied) = saying("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n");
    let this = "proxy::the_proxy_of_the_environment_is_used_for_https_and_never_for_plain_http";
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", this, "--nocapture"])
        .env(SERVER, server.url("/api/v1"))
        .envs(PROXIES.map(|name| (name, format!("http://{proxy}"))))
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .output()
        .unwrap();
    let proxied = proxied.lock().unwrap();
    let tunnel = |head: &String| head.starts_with("CONNECT no-such-host.invalid:443 HTTP/1.1\r\n");
    assert!(proxied.iter().all(|head| tunnel(head) && !head.contains("cc_wire")), "{proxied:?}");
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
    assert_eq!((direct.lock().unwrap().len(), proxied.len()), (2, 2));
}

/// One call of `server`, which is plain `http`, one that needs a proxy, and one that is told to use none.
fn calls<S: Subject>(server: &str) {
    S::new(api_at(server)).send(&ShowTask::new(5)).unwrap();
    let elsewhere = api_at("https://no-such-host.invalid").retry(agentmc_core::RetryPolicy::NEVER);
    for client in [S::new(elsewhere.clone()), S::without_proxy(elsewhere)] {
        let error = client.send(&ShowTask::new(5)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect, "{error:?}");
    }
}
