//! A file of 1 GiB up and down, on both clients, and how much memory that takes:
//! `cargo run --release -p agentmc-conformance --example large_files [MIB]`.
//!
//! The server is one of its own, which makes and forgets the bytes as they pass, so what is measured is the clients.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "an example that cannot go on ends")]

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use agentmc_async::NewFile;
use agentmc_core::types::{FileId, TeamFile};
use agentmc_core::{Api, BaseUrl, Credential};
use serde_json::json;
use sha2::{Digest, Sha256};

/// How much passes at once, in bytes.
const PIECE: usize = 64 << 10;

fn main() {
    let mib: u64 = std::env::args().nth(1).map_or(1024, |mib| mib.parse().unwrap());
    let size = mib << 20;
    let folder = tempfile::TempDir::new().unwrap();
    let (from, to) = (folder.path().join("from.bin"), folder.path().join("to.bin"));
    io::copy(&mut io::repeat(b'x').take(size), &mut std::fs::File::create(&from).unwrap()).unwrap();
    let address = serve(size);
    let base = BaseUrl::new(&format!("http://{address}/api/v1")).unwrap();
    let api = Api::new(Credential::api_key("cc_large").unwrap()).at(base);
    let id = FileId(1);
    println!("{mib} MiB; {} MiB of memory before", peak());

    let client = agentmc_blocking::Client::new(api.clone());
    report("blocking, up", mib, || {
        client.upload(NewFile::new("from.bin")).from_path(&from).unwrap()
    });
    report("blocking, down", mib, || client.download(id).to_path(&to).unwrap());

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = agentmc_async::Client::new(api).unwrap();
    report("async, up", mib, || {
        runtime.block_on(client.upload(NewFile::new("from.bin")).from_path(&from)).unwrap()
    });
    report("async, down", mib, || runtime.block_on(client.download(id).to_path(&to)).unwrap());
}

fn report(what: &str, mib: u64, transfer: impl FnOnce() -> TeamFile) {
    let start = Instant::now();
    let file = transfer();
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!(file.size_bytes, mib << 20);
    let rate = mib as f64 / seconds;
    println!("{what:15} {rate:6.0} MiB/s, {} MiB of memory at most so far", peak());
}

/// The most memory this process has had, in MiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) >> 10
}

/// A server of the three steps of an upload and of a download, for one file.
fn serve(size: u64) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let sum = sum(size);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let sum = sum.clone();
            std::thread::spawn(move || converse(stream.unwrap(), address, size, &sum));
        }
    });
    address
}

fn sum(size: u64) -> String {
    let mut hash = Sha256::new();
    let piece = [b'x'; PIECE];
    (0..size / PIECE as u64).for_each(|_| hash.update(piece));
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn converse(stream: TcpStream, address: SocketAddr, size: u64, sum: &str) -> Option<()> {
    stream.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
    let mut writer = stream.try_clone().ok()?;
    let mut reader = BufReader::with_capacity(PIECE, stream);
    let file = json!({"data": {
        "id": 1, "team_id": 1, "display_name": "from.bin", "original_filename": "from.bin",
        "mime_type": "application/octet-stream", "size_bytes": size, "preview_kind": "other",
        "checksum_sha256": sum,
    }});
    let ticket = json!({"data": {
        "upload_id": "one", "object_key": "one", "upload_url": format!("http://{address}/storage"),
        "upload_method": "PUT", "upload_headers": {}, "expires_at": "2030-01-01T00:00:00Z",
    }});
    loop {
        let (line, length) = head(&mut reader, &mut writer)?;
        io::copy(&mut reader.by_ref().take(length), &mut io::sink()).ok()?;
        let target = line.split(' ').nth(1)?;
        match (line.split(' ').next()?, target) {
            ("POST", "/api/v1/files/uploads") => reply(&mut writer, 201, "", &ticket.to_string())?,
            ("POST", "/api/v1/files") => reply(&mut writer, 201, "", &file.to_string())?,
            ("GET", "/api/v1/files/1/download") => {
                let location = format!("location: http://{address}/storage\r\n");
                reply(&mut writer, 302, &location, "")?;
            }
            ("GET", "/storage") => {
                write!(writer, "HTTP/1.1 200 OK\r\ncontent-length: {size}\r\n\r\n").ok()?;
                let piece = [b'x'; PIECE];
                (0..size / PIECE as u64).try_for_each(|_| writer.write_all(&piece)).ok()?;
            }
            ("GET", _) => reply(&mut writer, 200, "", &file.to_string())?,
            _ => reply(&mut writer, 200, "", "")?,
        }
    }
}

/// The first line of a request, and how long its body is. Whoever asks whether to send it is told to.
fn head(reader: &mut impl BufRead, writer: &mut impl Write) -> Option<(String, u64)> {
    let (mut first, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end().to_ascii_lowercase();
        match line.split_once(':') {
            _ if line.is_empty() => return Some((first, length)),
            Some(("content-length", value)) => length = value.trim().parse().ok()?,
            Some(("expect", _)) => writer.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").ok()?,
            _ if first.is_empty() => {
                first = line.replacen("get ", "GET ", 1).replacen("post ", "POST ", 1);
            }
            _ => {}
        }
    }
}

fn reply(writer: &mut impl Write, status: u16, headers: &str, body: &str) -> Option<()> {
    let length = body.len();
    write!(writer, "HTTP/1.1 {status} OK\r\n{headers}content-length: {length}\r\n\r\n{body}").ok()
}
