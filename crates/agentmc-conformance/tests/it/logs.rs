//! What the libraries below the clients log, at the most verbose level.

use std::sync::{Mutex, PoisonError};

use agentmc_conformance::on_both;
use agentmc_core::ops::tasks::ShowTask;
use agentmc_core::transfer::NewFile;
use agentmc_core::{Credential, RetryPolicy};
use agentmc_sandbox::conformance::Content;
use agentmc_sandbox::{Fault, Rule, Sandbox};
use http::StatusCode;
use log::{LevelFilter, Log, Metadata, Record};

const SECRET: &str = "l0gs-s3cr3t";

/// What was logged that shows the secret, and how much was logged at all.
static LOGGED: Mutex<(Vec<String>, usize)> = Mutex::new((Vec::new(), 0));

struct Logger;

impl Log for Logger {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let line = format!("{} {}", record.target(), record.args());
        let mut logged = LOGGED.lock().unwrap_or_else(PoisonError::into_inner);
        logged.1 += 1;
        if line.contains(SECRET) {
            logged.0.push(line);
        }
    }

    fn flush(&self) {}
}

on_both! {
    fn no_library_logs_a_credential<S>() {
        // The other client's test may have been first.
        let _ = log::set_logger(&Logger).map(|()| log::set_max_level(LevelFilter::Trace));
        let sandbox = Sandbox::start().unwrap();
        let key = format!("{}-{SECRET}", sandbox.keys().host_key);
        let api = sandbox.api().retry(RetryPolicy::NEVER);
        let client = S::new(api.clone().credential(Credential::api_key(&key).unwrap()));
        for fault in [
            Fault::Status(StatusCode::OK),
            Fault::Status(StatusCode::UNAUTHORIZED),
            Fault::ForeignRedirect,
            Fault::CloseInHead,
            Fault::CloseInBody,
            Fault::Raw("HTTP/1.1 200 OK\r\nx: \x01\r\n\r\n".into()),
        ] {
            sandbox.fault(Rule::new(fault).next(1));
            client.send(&ShowTask::new(1)).unwrap_err();
        }
        let cookie = Credential::session_cookie(SECRET).unwrap();
        let client = S::new(api.credential(cookie));
        client.upload(NewFile::new("x.txt"), Content::Bytes("x".into())).unwrap();
        let logged = LOGGED.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(logged.1 > 10, "{} lines", logged.1);
        assert_eq!(logged.0, [""; 0]);
    }
}
