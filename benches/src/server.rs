//! A server with one answer: a thread for each connection, no parsing but for the length of a request.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Instant;

/// Listens for as long as the process lives, and answers every request with `body`.
pub(crate) fn start(body: Vec<u8>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let reply = reply(body);
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

/// The one answer.
fn reply(body: Vec<u8>) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.into_bytes(), body].concat()
}

/// How many requests a second the server answers to so many sockets of a client that does nothing else: well more than
/// any client that is measured asks for, or the server would be what is measured.
pub(crate) fn limit(body: Vec<u8>, sockets: usize) -> f64 {
    const ROUNDS: usize = 200;
    let mut answer = vec![0; reply(body.clone()).len()];
    let address = start(body);
    let connect = |_| TcpStream::connect(address).expect("a connection");
    let mut sockets: Vec<_> = (0..sockets).map(connect).collect();
    let mut round = || {
        for socket in &mut sockets {
            let request = b"GET /api/v1/tasks/5 HTTP/1.1\r\nhost: localhost\r\n\r\n";
            socket.write_all(request).expect("a request is sent");
        }
        for socket in &mut sockets {
            socket.read_exact(&mut answer).expect("an answer");
        }
    };
    round();
    let start = Instant::now();
    (0..ROUNDS).for_each(|_| round());
    (ROUNDS * sockets.len()) as f64 / start.elapsed().as_secs_f64()
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
