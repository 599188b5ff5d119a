//! No bytes make the server break its promises.
//!
//! `cargo +nightly fuzz run handler corpus/handler ../tests/corpus`, in the folder `fuzz`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = agentmc_sandbox::try_raw(bytes);
});
