//! Files, up and down.

use std::fs;
use std::io::{self, Cursor, Read};
use std::path::Path;

use agentmc_core::ErrorKind;
use agentmc_core::transfer::{Checksum, NewFile, Progress};
use agentmc_types::{FileId, TeamFile};
use http::StatusCode;
use serde_json::Value;
use tempfile::TempDir;

use super::bench::kind;
use super::{Bench, Content, Driver, Sink};
use crate::{Fault, Rule};

/// Content of a size that is no round number.
fn content(size: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(size as u64);
    (0..size).map(|_| random.u8(..)).collect()
}

fn upload<D: Driver>(bench: &Bench, content: &[u8]) -> TeamFile {
    let content = Content::Bytes(content.to_vec().into());
    bench.client::<D>().upload(NewFile::new("content.bin"), content).unwrap().file
}

fn download<D: Driver>(bench: &Bench, file: FileId) -> Vec<u8> {
    let mut content = Vec::new();
    bench.client::<D>().download(file, Sink::Memory(&mut content)).unwrap();
    content
}

/// The body that asked for a ticket, as JSON.
fn wanted(bench: &Bench) -> Value {
    serde_json::from_slice(&bench.seen("createFileUpload")[0].body).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

pub(super) fn bytes<D: Driver>(bench: &Bench) {
    for size in [1, 70_001] {
        let content = content(size);
        let file = upload::<D>(bench, &content);
        assert_eq!(file.size_bytes, size as u64);
        assert_eq!(file.checksum_sha256.unwrap(), Checksum::of(&content).to_string());
        assert!(download::<D>(bench, file.id) == content, "{size} bytes");
    }
}

pub(super) fn path<D: Driver>(bench: &Bench) {
    let folder = TempDir::new().unwrap();
    let (from, to) = (folder.path().join("from.md"), folder.path().join("to.md"));
    let content = content(70_001);
    fs::write(&from, &content).unwrap();
    let client = bench.client::<D>();
    let file = client.upload(NewFile::new("from.md"), Content::Path(&from)).unwrap().file;
    assert_eq!(wanted(bench)["checksum_sha256"], Checksum::of(&content).to_string());
    assert_eq!(wanted(bench)["mime_type"], "text/markdown");
    client.download(file.id, Sink::Path(&to)).unwrap();
    assert!(fs::read(&to).unwrap() == content);
    client.download(file.id, Sink::Path(&to)).unwrap();
    assert_eq!(names(folder.path()), ["from.md", "to.md"]);
}

pub(super) fn stream<D: Driver>(bench: &Bench) {
    let content = content(70_001);
    let stream = Box::new(Cursor::new(content.clone()));
    let client = bench.client::<D>();
    let sent = client.upload(NewFile::new("x.bin"), Content::Stream(stream, 70_001)).unwrap();
    assert!(download::<D>(bench, sent.file.id) == content);
    assert_eq!(wanted(bench).get("checksum_sha256"), None);
    let short = Content::Stream(Box::new(Cursor::new(content)), 70_002);
    assert_eq!(kind(client.upload(NewFile::new("x.bin"), short)), ErrorKind::Integrity);
    let broken = Content::Stream(Box::new(Broken), 5);
    assert_eq!(kind(client.upload(NewFile::new("x.bin"), broken)), ErrorKind::Local);
}

/// A stream that cannot be read.
struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("broken"))
    }
}

pub(super) fn exact_headers<D: Driver>(bench: &Bench) {
    upload::<D>(bench, b"0123456789");
    let seen = &bench.seen_by_storage()[0];
    let ticket = bench.sandbox.world(|world| world.uploads.values().next().unwrap().ticket.clone());
    assert_eq!((seen.method.as_str(), seen.status), ("PUT", StatusCode::OK));
    assert_eq!(
        ticket.upload_url.expose(),
        format!("{}{}", bench.sandbox.storage_url(), seen.target)
    );
    assert!(ticket.upload_headers.len() >= 2, "{:?}", ticket.upload_headers);
    for (name, value) in ticket.upload_headers.iter() {
        let sent: Vec<_> = seen.headers.get_all(name).iter().collect();
        assert_eq!(sent, [value.as_str().unwrap()], "{name}");
    }
    assert_eq!(seen.headers["content-length"], "10");
    assert_eq!(&seen.body[..], b"0123456789");
}

pub(super) fn progress<D: Driver>(bench: &Bench) {
    let content = content(300_000);
    let client = bench.client::<D>();
    let sent = client.upload(NewFile::new("x.bin"), Content::Bytes(content.into())).unwrap();
    let mut sink = Vec::new();
    let received = client.download(sent.file.id, Sink::Memory(&mut sink)).unwrap();
    for progress in [sent.progress, received.progress] {
        assert!(progress.len() > 1, "{progress:?}");
        assert!(progress.is_sorted_by(|one, two| one.bytes < two.bytes), "{progress:?}");
        assert_eq!(progress.last(), Some(&Progress::new(300_000, 300_000)));
    }
}

pub(super) fn expired_ticket<D: Driver>(bench: &Bench) {
    let expired = || Rule::new(Fault::Status(StatusCode::FORBIDDEN)).storage();
    bench.sandbox.fault(expired().next(1));
    upload::<D>(bench, b"0123456789");
    assert_eq!(bench.seen("createFileUpload").len(), 2);
    bench.sandbox.fault(expired());
    let content = Content::Bytes("x".into());
    let error = bench.client::<D>().upload(NewFile::new("x.txt"), content).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    assert_eq!((bench.seen("createFileUpload").len(), bench.seen("createFile").len()), (4, 1));
}

pub(super) fn expired_ticket_of_a_stream<D: Driver>(bench: &Bench) {
    bench.sandbox.fault(Rule::new(Fault::Status(StatusCode::FORBIDDEN)).storage().next(1));
    let content = Content::Stream(Box::new(Cursor::new(vec![b'x'; 70_001])), 70_001);
    let error = bench.client::<D>().upload(NewFile::new("x.txt"), content).unwrap_err();
    assert_eq!((error.kind(), bench.seen("createFileUpload").len()), (ErrorKind::Forbidden, 1));
}

pub(super) fn expired_address<D: Driver>(bench: &Bench) {
    let file = upload::<D>(bench, b"0123456789");
    bench.sandbox.fault(Rule::new(Fault::Status(StatusCode::FORBIDDEN)).storage().next(1));
    assert_eq!(download::<D>(bench, file.id), b"0123456789");
    assert_eq!(bench.seen("downloadFile").len(), 2);
}

pub(super) fn resumed<D: Driver>(bench: &Bench) {
    let content = content(300_001);
    let file = upload::<D>(bench, &content);
    for fault in [Fault::CloseInBody, Fault::ResetInBody, Fault::LongLength] {
        let before = bench.seen_by_storage().len();
        bench.sandbox.fault(Rule::new(fault.clone()).storage().next(2));
        assert!(download::<D>(bench, file.id) == content, "{fault:?}");
        let asked = bench.seen_by_storage().split_off(before);
        assert!(asked.len() >= 2, "{fault:?}");
        assert!(!asked[0].headers.contains_key("range"));
        // A reset may take with it what had arrived; what did not arrive is asked for again.
        if fault != Fault::ResetInBody {
            assert!(asked[1].headers.contains_key("range"), "{fault:?}: {asked:?}");
        }
    }
}

pub(super) fn resumed_upload<D: Driver>(bench: &Bench) {
    bench.sandbox.fault(Rule::new(Fault::CloseBeforeHead).storage().next(2));
    let content = content(70_001);
    let file = upload::<D>(bench, &content);
    assert!(download::<D>(bench, file.id) == content);
    assert_eq!((bench.seen("createFileUpload").len(), bench.seen("createFile").len()), (1, 1));
}

pub(super) fn wrong_content<D: Driver>(bench: &Bench) {
    let file = upload::<D>(bench, b"0123456789");
    let other = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\nconnection: close\r\n\r\n0123456780";
    bench.sandbox.fault(Rule::new(Fault::Raw(other.into())).storage());
    let folder = TempDir::new().unwrap();
    let to = folder.path().join("to.bin");
    let outcome = bench.client::<D>().download(file.id, Sink::Path(&to));
    assert_eq!(kind(outcome), ErrorKind::Integrity);
    assert!(names(folder.path()).is_empty());
}

pub(super) fn nothing_under_the_name<D: Driver>(bench: &Bench) {
    let file = upload::<D>(bench, &content(70_001));
    let folder = TempDir::new().unwrap();
    let to = folder.path().join("to.bin");
    fs::write(&to, "before").unwrap();
    bench.sandbox.fault(Rule::new(Fault::CloseInBody).storage().next(1));
    bench.sandbox.fault(Rule::new(Fault::Status(StatusCode::NOT_FOUND)).storage());
    let outcome = bench.client::<D>().download(file.id, Sink::Path(&to));
    assert_eq!(kind(outcome), ErrorKind::NotFound);
    assert_eq!((fs::read(&to).unwrap(), names(folder.path()).len()), (b"before".to_vec(), 1));
}

pub(super) fn no_such_file<D: Driver>(bench: &Bench) {
    let folder = TempDir::new().unwrap();
    let nowhere = folder.path().join("none").join("x.txt");
    let client = bench.client::<D>();
    let outcome = client.upload(NewFile::new("x.txt"), Content::Path(&nowhere));
    assert_eq!(kind(outcome), ErrorKind::Local);
    let file = bench.sandbox.world(|world| *world.files.keys().next().unwrap());
    assert_eq!(kind(client.download(file, Sink::Path(&nowhere))), ErrorKind::Local);
    assert_eq!(kind(client.download(file, Sink::Path(folder.path()))), ErrorKind::Local);
    assert_eq!(bench.sandbox.seen_count(), 0);
}

pub(super) fn large<D: Driver>(bench: &Bench) {
    const SIZE: u64 = 64 << 20;
    let folder = TempDir::new().unwrap();
    let to = folder.path().join("large.bin");
    let client = bench.client::<D>();
    let content = Content::Stream(Box::new(io::repeat(b'x').take(SIZE)), SIZE);
    let file = client.upload(NewFile::new("large.bin"), content).unwrap().file;
    bench.sandbox.fault(Rule::new(Fault::CloseInBody).storage().next(1));
    let file = client.download(file.id, Sink::Path(&to)).unwrap().file;
    assert_eq!((file.size_bytes, fs::metadata(&to).unwrap().len()), (SIZE, SIZE));
}
