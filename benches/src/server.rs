//! A server with one answer: a thread for each connection, no parsing but for the length of a request.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

/// Listens for as long as the process lives, and answers every request with `body`.
pub(crate) fn start(body: Vec<u8>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let reply = [head.into_bytes(), body].concat();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, reply) = (stream.expect("a connection"), reply.clone());
            let spawned = thread::Builder::new()
                .stack_size(128 << 10)
                .spawn(move || converse(stream, &reply));
            spawned.expect("a thread");
        }
    });
    address
}

fn converse(mut stream: TcpStream, reply: &[u8]) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut buffer = vec![0; 16 << 10];
    let mut filled = 0;
    loop {
        let read = stream.read(&mut buffer[filled..]).ok().filter(|read| *read > 0)?;
        filled += read;
        // No request here has a body or is sent before the last one is answered.
        if buffer[..filled].ends_with(b"\r\n\r\n") {
            stream.write_all(reply).ok()?;
            filled = 0;
        }
    }
}
