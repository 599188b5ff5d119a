//! What the libraries below the clients log, at the most verbose level.

use std::collections::BTreeMap;
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

/// What each thread logged, and the bytes that a library showed in rows of so many, put together again.
pub(crate) static LOGGED: Mutex<BTreeMap<String, [String; 2]>> = Mutex::new(BTreeMap::new());

pub(crate) struct Logger;

impl Log for Logger {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let thread = format!("{:?}", std::thread::current().id());
        let text = record.args().to_string();
        let row = text.rsplit(' ').next().unwrap_or_default();
        let mut logged = LOGGED.lock().unwrap_or_else(PoisonError::into_inner);
        let [lines, rows] = logged.entry(thread).or_default();
        rows.push_str(if record.target() == "ureq_proto::util" { row } else { "" });
        lines.push_str(&format!("{} {text}\n", record.target()));
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
        assert!(logged.values().flatten().map(String::len).sum::<usize>() > 1000);
        for text in logged.values().flatten() {
            assert!(!text.contains(SECRET), "{text}");
            // Of the URLs that storage was asked by; that the API's replies show them is `ureq`'s affair.
            let asked = text.split("HTTP/1.1").filter(|text| text.contains("PUT/") || text.contains("PUT /"));
            asked.for_each(|text| assert!(!text.contains("signature=") || text.contains("upload_url"), "{text}"));
        }
    }
}
