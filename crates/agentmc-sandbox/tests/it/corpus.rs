//! Requests that somebody may send: none breaks the server.

use std::fs;
use std::path::Path;

use agentmc_sandbox::{Sandbox, try_raw};

use crate::wire::Wire;

fn corpus() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "http"));
    let mut corpus: Vec<_> = files
        .map(|path| {
            (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap())
        })
        .collect();
    corpus.sort();
    assert!(corpus.len() >= 40);
    corpus
}

#[test]
fn each_request_is_answered_in_the_envelope() {
    let statuses: Vec<_> = corpus()
        .into_iter()
        .filter_map(|(name, bytes)| try_raw(&bytes).map(|reply| (name, reply.status().as_u16())))
        .collect();
    let status =
        |wanted: &str| statuses.iter().find(|(name, _)| name == wanted).map(|(_, status)| *status);
    assert_eq!(status("plain-list"), Some(200));
    assert_eq!(status("no-credential"), Some(401));
    assert_eq!(status("huge-id"), Some(404));
    assert_eq!(status("body-not-json"), Some(400));
    assert_eq!(status("body-deep-member"), Some(400));
    assert_eq!(status("ids-as-floats"), Some(422));
    assert_eq!(status("unknown-method"), Some(405));
    assert!(statuses.len() >= 40, "{} can be read", statuses.len());
}

/// Those that are not answered in the envelope, and why.
const WITHOUT_ENVELOPE: &[(&str, &str)] = &[("head", "a reply to HEAD has no body")];

#[test]
fn each_request_on_the_wire_is_answered_in_the_envelope() {
    let sandbox = Sandbox::start().unwrap();
    for url in [sandbox.url(), sandbox.storage_url()] {
        let authority = url.strip_prefix("http://").unwrap().split('/').next().unwrap();
        for (name, bytes) in corpus() {
            let mut wire = Wire::open(authority);
            wire.send(&bytes);
            wire.finish();
            let odd = WITHOUT_ENVELOPE.iter().any(|(odd, _)| *odd == name);
            let answer = wire.answer(!odd).unwrap_or_else(|| panic!("{name} is not answered"));
            assert!((200..500).contains(&answer.status), "{name}: {}", answer.status);
            if odd || answer.status < 400 {
                continue;
            }
            if url == sandbox.url() {
                assert_ne!(answer.code(), "", "{name}");
            } else {
                let range = answer.head.contains("content-range: ");
                assert!(
                    range || answer.body.starts_with(b"<Error><Code>"),
                    "{name}: {}",
                    answer.head
                );
            }
        }
    }
    let call = sandbox.api().call(&agentmc_core::ops::boards::ListBoards::new()).unwrap();
    assert_eq!(sandbox.exchange(&call).unwrap().status(), 200);
}
