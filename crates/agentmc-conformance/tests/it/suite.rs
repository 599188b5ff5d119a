//! The suite every client must pass, on the reference and on both clients.

use agentmc_conformance::{Async, Blocking};
use agentmc_sandbox::conformance;
use agentmc_sandbox::conformance::WithoutSockets;

conformance!(without_sockets: WithoutSockets, without_sockets);
conformance!(blocking: Blocking);
conformance!(nonblocking: Async);
