//! No bytes make reading a reply panic, and what is read is read the same again.
//!
//! The first line names the operation, the rest is the body; where it names none, its length chooses one.
//! `cargo +nightly fuzz run replies`, in the folder `fuzz`.

#![no_main]

use agentmc_core::OPERATIONS;
use agentmc_core::reply::Shape;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (line, body) = bytes.split_at(end);
    let named = OPERATIONS.iter().find(|endpoint| endpoint.id.as_bytes() == line);
    let endpoint = named.unwrap_or(&OPERATIONS[end % OPERATIONS.len()]);
    let response = http::Response::new(body.to_vec().into());
    let _ = endpoint.read_json(&response);
    let Ok(read) = (endpoint.read_typed)(endpoint.id, &response) else { return };
    if !matches!(endpoint.shape, Shape::Empty | Shape::Location) {
        let again = http::Response::new(read.to_string().into());
        assert_eq!(
            (endpoint.read_typed)(endpoint.id, &again).expect("what was read is read again"),
            read
        );
    }
});
