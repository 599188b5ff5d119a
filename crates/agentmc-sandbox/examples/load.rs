//! Mixed load on a sandbox: 32 connections, seven reads for three writes.
//!
//! `cargo run --release -p agentmc-sandbox --example load -- [SECONDS]` prints requests per second, how long
//! replies took, what they were, and the memory at the start and at the end. The clients are in the same process,
//! so their work and their memory count too.

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use agentmc_sandbox::Sandbox;
use fastrand::Rng;

const CONNECTIONS: u64 = 32;

/// How finely times are told apart, in microseconds, and the longest that is.
const STEP: u64 = 10;
const LONGEST: usize = 1_000_000 / STEP as usize;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// What all connections have seen.
struct Tally {
    times: Vec<AtomicU32>,
    statuses: Mutex<Vec<(u16, u64)>>,
    /// The last id that a task was given.
    task: AtomicU64,
}

/// A connection that stays open.
struct Connection {
    stream: BufReader<TcpStream>,
    key: String,
}

impl Connection {
    fn send(&mut self, method: &str, path: &str, body: &str) -> Outcome<(u16, Vec<u8>)> {
        let request = format!(
            "{method} /api/v1{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Api-Key: {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.key,
            body.len()
        );
        self.stream.get_mut().write_all(request.as_bytes())?;
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).ok_or("no status")?.parse()?;
        let mut length = 0;
        while line.trim_end() != "" {
            line.clear();
            self.stream.read_line(&mut line)?;
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.trim_end().parse()?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok((status, body))
    }
}

fn main() -> Outcome<()> {
    let seconds = std::env::args().nth(1).map_or(Ok(60), |text| text.parse())?;
    let sandbox = Sandbox::start()?;
    let tally = Tally {
        times: (0..=LONGEST).map(|_| AtomicU32::new(0)).collect(),
        statuses: Mutex::default(),
        task: AtomicU64::new(60),
    };
    let before = memory()?;
    let started = Instant::now();
    let end = started + Duration::from_secs(seconds);
    std::thread::scope(|scope| {
        let work = |seed| {
            let (sandbox, tally) = (&sandbox, &tally);
            scope.spawn(move || work(sandbox, tally, seed, end))
        };
        let threads: Vec<_> = (0..CONNECTIONS).map(work).collect();
        threads.into_iter().try_for_each(|thread| thread.join().map_err(|_| "a panic")?)
    })?;
    report(&tally, started.elapsed());
    println!("memory: {} MiB at the start, {} MiB at the end", before, memory()?);
    Ok(())
}

fn work(sandbox: &Sandbox, tally: &Tally, seed: u64, end: Instant) -> Outcome<()> {
    let authority = sandbox.url().trim_start_matches("http://");
    let authority = authority.split('/').next().unwrap_or_default();
    let stream = TcpStream::connect(authority)?;
    stream.set_nodelay(true)?;
    let stream = BufReader::new(stream);
    let mut connection = Connection { stream, key: sandbox.keys().team_key.clone() };
    let mut rng = Rng::with_seed(seed);
    let mut statuses: Vec<(u16, u64)> = Vec::new();
    while Instant::now() < end {
        let (method, path, body) = request(&mut rng, tally.task.load(Ordering::Relaxed));
        let sent = Instant::now();
        let (status, reply) = connection.send(method, &path, &body)?;
        let time = sent.elapsed().as_micros() as u64 / STEP;
        tally.times[usize::try_from(time)?.min(LONGEST)].fetch_add(1, Ordering::Relaxed);
        match statuses.iter_mut().find(|(other, _)| *other == status) {
            Some((_, count)) => *count += 1,
            None => statuses.push((status, 1)),
        }
        if (method, path.as_str(), status) == ("POST", "/tasks", 201) {
            let reply: serde_json::Value = serde_json::from_slice(&reply)?;
            tally.task.fetch_max(reply["data"]["id"].as_u64().unwrap_or(0), Ordering::Relaxed);
        }
    }
    tally.statuses.lock().map_err(|_| "a panic")?.extend(statuses);
    Ok(())
}

/// Seven reads for three writes.
fn request(rng: &mut Rng, last: u64) -> (&'static str, String, String) {
    let task = rng.u64(last.saturating_sub(9_000).max(1)..=last);
    let title = format!("Water plant {}", rng.u32(..));
    match rng.u8(..20) {
        0..4 => ("GET", format!("/tasks?page={}", rng.u8(1..5)), String::new()),
        4..8 => ("GET", format!("/tasks/{task}"), String::new()),
        8..10 => ("GET", "/boards".into(), String::new()),
        10 => ("GET", "/logs".into(), String::new()),
        11 => ("GET", "/notifications".into(), String::new()),
        12 => ("GET", format!("/tasks/{task}/comments"), String::new()),
        13 => ("GET", "/teams/agents".into(), String::new()),
        14..16 => {
            let board = rng.u8(1..4);
            let column = board * 4 - rng.u8(..4);
            let body = format!(
                r#"{{"title":"{title}","description":"Twice a week.","board_id":{board},"column_id":{column},"assigned_to_agent_id":{}}}"#,
                rng.u8(1..4)
            );
            ("POST", "/tasks".into(), body)
        }
        16 | 17 => ("POST", format!("/tasks/{task}/comments"), format!(r#"{{"body":"{title}."}}"#)),
        18 => ("PATCH", format!("/tasks/{task}"), format!(r#"{{"title":"{title}"}}"#)),
        _ => ("DELETE", format!("/tasks/{task}"), String::new()),
    }
}

fn report(tally: &Tally, elapsed: Duration) {
    let times: Vec<u64> =
        tally.times.iter().map(|count| count.load(Ordering::Relaxed).into()).collect();
    let all: u64 = times.iter().sum();
    println!("{all} requests, {:.0} a second", all as f64 / elapsed.as_secs_f64());
    for share in [50.0, 99.0, 99.9, 100.0] {
        let wanted = (all as f64 * share / 100.0).ceil() as u64;
        let mut sum = 0;
        let place = times.iter().position(|count| {
            sum += count;
            sum >= wanted
        });
        let time = place.unwrap_or(LONGEST) as f64 * STEP as f64 / 1_000.0;
        println!("{share} % took at most {time:.2} ms");
    }
    let mut statuses = std::collections::BTreeMap::<u16, u64>::new();
    for (status, count) in tally.statuses.lock().iter().flat_map(|all| all.iter()) {
        *statuses.entry(*status).or_default() += count;
    }
    println!("replies: {statuses:?}");
}

/// The resident memory of this process, in MiB; 0 where the system does not say.
fn memory() -> Outcome<u64> {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return Ok(0) };
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next()).ok_or("no VmRSS")?;
    Ok(kibibytes.parse::<u64>()? / 1024)
}
