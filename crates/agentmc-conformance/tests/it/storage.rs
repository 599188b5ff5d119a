//! Storage that is not ours and behaves in ways the sandbox's does not.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use agentmc_conformance::on_both;
use agentmc_core::transfer::{Checksum, NewFile};
use agentmc_core::types::FileId;
use agentmc_core::{Error, ErrorKind};
use agentmc_sandbox::conformance::{Content, Sink};
use serde_json::json;
use tempfile::TempDir;

use crate::servers::api_at;

/// What is signed, of the address and of a header.
const QUERY: &str = "expires=9&signature=s1gnature-0123456789";
const HEADER: &str = "s1gned-header-0123456789";

/// What storage does with a request: its number, its head, the connection, and how long its body is.
type Storage = dyn Fn(usize, &str, &mut BufReader<TcpStream>, u64) -> io::Result<()> + Send + Sync;

/// An API of one file with that content, and its storage.
fn serve(
    content: &[u8],
    storage: impl Fn(usize, &str, &mut BufReader<TcpStream>, u64) -> io::Result<()>
    + Send
    + Sync
    + 'static,
) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let file = json!({"data": {
        "id": 1, "team_id": 1, "display_name": "a.bin", "original_filename": "a.bin", "mime_type": "text/plain",
        "size_bytes": content.len(), "preview_kind": "other", "checksum_sha256": Checksum::of(content).to_string(),
    }});
    let (file, storage): (_, Arc<Storage>) = (file.to_string(), Arc::new(storage));
    let asked = Arc::new(AtomicUsize::new(0));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (file, storage, asked) = (file.clone(), Arc::clone(&storage), Arc::clone(&asked));
            std::thread::spawn(move || converse(stream?, address, &file, &*storage, &asked));
        }
        Ok::<_, io::Error>(())
    });
    format!("http://{address}")
}

fn converse(
    stream: TcpStream,
    address: SocketAddr,
    file: &str,
    storage: &Storage,
    asked: &AtomicUsize,
) -> io::Result<()> {
    let ticket = json!({"data": {
        "upload_id": "one", "object_key": "one", "upload_url": format!("http://{address}/storage?{QUERY}"),
        "upload_method": "PUT", "upload_headers": {"x-signed": HEADER}, "expires_at": "2030-01-01T00:00:00Z",
    }});
    let mut reader = BufReader::new(stream);
    loop {
        let (head, length) = head(&mut reader)?;
        let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
        if target.starts_with("/storage?") {
            storage(asked.fetch_add(1, Ordering::SeqCst), &head, &mut reader, length)?;
            continue;
        }
        io::copy(&mut reader.by_ref().take(length), &mut io::sink())?;
        match (target.ends_with("/uploads"), target.ends_with("/download")) {
            (true, _) => reply(&mut reader, "201 Created", "", ticket.to_string().as_bytes())?,
            (_, true) => {
                let location = format!("location: http://{address}/storage?{QUERY}\r\n");
                reply(&mut reader, "302 Found", &location, b"")?;
            }
            _ if head.starts_with("POST") => {
                reply(&mut reader, "201 Created", "", file.as_bytes())?;
            }
            _ => reply(&mut reader, "200 OK", "", file.as_bytes())?,
        }
    }
}

/// The head of a request, and how long its body is.
fn head(reader: &mut BufReader<TcpStream>) -> io::Result<(String, u64)> {
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line == "\r\n" {
            return Ok((head, length));
        }
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
        head.push_str(&line);
    }
}

fn reply(
    reader: &mut BufReader<TcpStream>,
    status: &str,
    headers: &str,
    body: &[u8],
) -> io::Result<()> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\n\r\n");
    reader.get_mut().write_all(&[head.as_bytes(), body].concat())
}

/// Tells who waits for it to go on, then reads a body to its end.
fn take(reader: &mut BufReader<TcpStream>, head: &str, length: u64) -> io::Result<u64> {
    if head.to_ascii_lowercase().contains("100-continue") {
        reader.get_mut().write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    io::copy(&mut reader.by_ref().take(length), &mut io::sink())
}

on_both! {
    /// As stores do, to explain how a signature was made.
    fn nothing_is_kept_of_a_refusal_that_repeats_the_signed_request<S>() {
        for envelope in [false, true] {
            let base = serve(b"0123456789", move |_, head, reader, length| {
                take(reader, head, length)?;
                let json = json!({"error": {"code": head, "message": head, "details": {"fields": {"a": [head]}}}});
                let body = if envelope { json.to_string() } else { format!("<StringToSign>{head}") };
                reply(reader, "403 Forbidden", "", body.as_bytes())
            });
            let client = S::new(api_at(&base));
            let sent = client.upload(NewFile::new("a.bin"), Content::Bytes("0123456789".into()));
            let mut content = Vec::new();
            let received = client.download(FileId(1), Sink::Memory(&mut content));
            for error in [sent.unwrap_err(), received.unwrap_err()] {
                assert_eq!(error.kind(), ErrorKind::Forbidden);
                let shown = format!("{error:?} {} {}", error.explain(), error.to_json());
                assert!(shown.contains("storage: 403 Forbidden"), "{shown}");
                let Error::Api(refusal) = error else { panic!("{shown}") };
                let shown = format!("{shown}{}", String::from_utf8_lossy(&refusal.excerpt));
                assert!(!shown.contains("s1gn"), "{shown}");
                assert!(refusal.from_storage, "{shown}");
            }
        }
    }

    /// The refusal comes before the content has been sent, and the server goes on reading.
    fn a_ticket_refused_early_is_renewed_and_the_content_sent_from_its_beginning<S>() {
        let content = vec![b'x'; 24 << 20];
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("a.bin");
        std::fs::write(&path, &content).unwrap();
        let base = serve(&content, |number, head, reader, length| {
            if number == 0 {
                reply(reader, "403 Forbidden", "", b"expired")?;
                take(reader, "", length).map(drop)
            } else {
                assert_eq!(take(reader, head, length)?, 24 << 20);
                reply(reader, "200 OK", "", b"")
            }
        });
        let client = S::new(api_at(&base));
        let sent = client.upload(NewFile::new("a.bin"), Content::Path(&path)).unwrap();
        assert_eq!(sent.file.size_bytes, 24 << 20);
        assert_eq!(sent.progress.last().unwrap().bytes, 24 << 20);
    }

    fn content_that_is_stored_compressed_comes_as_it_is_stored<S>() {
        let stored: Vec<u8> = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let expected = stored.clone();
        let base = serve(&stored.clone(), move |_, _, reader, _| {
            reply(reader, "200 OK", "content-encoding: gzip\r\n", &stored)
        });
        let mut content = Vec::new();
        S::new(api_at(&base)).download(FileId(1), Sink::Memory(&mut content)).unwrap();
        assert_eq!(content, expected);
    }

    fn storage_that_takes_nothing_is_given_up_on<S>() {
        let content = vec![b'x'; 24 << 20];
        let base = serve(&content, |_, _, reader, _| {
            // Until the client hangs up, and then for as long as it takes to see that.
            reader.get_ref().peek(&mut [0]).map(drop)?;
            std::thread::park_timeout(Duration::from_secs(30));
            Ok(())
        });
        let api = api_at(&base).timeout(Duration::from_millis(200)).retry(agentmc_core::RetryPolicy::NEVER);
        let outcome = S::new(api).upload(NewFile::new("a.bin"), Content::Bytes(content.into()));
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Timeout);
    }

    fn storage_that_sends_nothing_more_is_given_up_on<S>() {
        let base = serve(b"0123456789", |_, _, reader, _| {
            let head = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n";
            reader.get_mut().write_all(head)?;
            std::thread::park_timeout(Duration::from_secs(30));
            Ok(())
        });
        let api = api_at(&base).timeout(Duration::from_millis(200)).retry(agentmc_core::RetryPolicy::NEVER);
        let outcome = S::new(api).download(FileId(1), Sink::Memory(&mut Vec::new()));
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Timeout);
    }

    fn a_refusal_that_drips_is_not_waited_for<S>() {
        let base = serve(b"0123456789", |_, _, reader, _| {
            let head = b"HTTP/1.1 404 Not Found\r\ncontent-length: 60000\r\n\r\n";
            reader.get_mut().write_all(head)?;
            (0..300).try_for_each(|_| {
                std::thread::park_timeout(Duration::from_millis(50));
                reader.get_mut().write_all(b"x")
            })
        });
        let start = Instant::now();
        let api = api_at(&base).timeout(Duration::from_millis(400));
        let outcome = S::new(api).download(FileId(1), Sink::Memory(&mut Vec::new()));
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::NotFound);
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    }
}
