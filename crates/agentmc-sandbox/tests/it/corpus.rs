//! Requests that somebody may send: none breaks the server.

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::Path;
use std::time::Duration;

use agentmc_sandbox::{Sandbox, try_raw};

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

#[test]
fn each_request_on_the_wire_is_answered_or_ends_its_connection_alone() {
    let sandbox = Sandbox::start().unwrap();
    for url in [sandbox.url(), sandbox.storage_url()] {
        let authority = url.strip_prefix("http://").unwrap().split('/').next().unwrap();
        for (name, bytes) in corpus() {
            let mut stream = TcpStream::connect(authority).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            // The server may have seen enough before the end.
            let _ = stream.write_all(&bytes).and_then(|()| stream.shutdown(Shutdown::Write));
            let mut reply = Vec::new();
            if stream.read_to_end(&mut reply).is_ok() && !reply.is_empty() {
                let status: u16 = std::str::from_utf8(&reply[9..12]).unwrap().parse().unwrap();
                assert!((200..500).contains(&status), "{name}: {status}");
            }
        }
    }
    let call = sandbox.api().call(&agentmc_core::ops::boards::ListBoards::new()).unwrap();
    assert_eq!(sandbox.exchange(&call).unwrap().status(), 200);
}
