//! What every client of the API must do, as named scenarios that run against any of them.
//!
//! A client under test is a [`Driver`]. [`conformance!`](crate::conformance!) makes a module of tests for it, one for each
//! scenario of [`SCENARIOS`], each with a sandbox of its own:
//!
//! ```
//! # #[cfg(test)]
//! agentmc_sandbox::conformance!(without_sockets: agentmc_sandbox::conformance::WithoutSockets);
//! # agentmc_sandbox::conformance::run::<agentmc_sandbox::conformance::WithoutSockets>("replies", "data");
//! ```
//!
//! A scenario asserts what a caller can observe and what arrives at the sandbox: kinds of errors, statuses, JSON
//! paths, bytes. [`WithoutSockets`] is the reference: it drives the calls of the core against the sandbox itself, on a
//! clock of its own. Where another driver differs from it, that driver is wrong.

#![allow(
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a scenario fails by a panic"
)]

mod bench;
mod concurrency;
mod driver;
mod files;
mod observability;
mod observer;
mod pages;
mod refusals;
mod replies;
mod retries;
mod safety;
mod transport;
mod without_sockets;

pub use bench::Bench;
pub use driver::{Content, Driver, Sink, Transferred};
pub use without_sockets::WithoutSockets;

/// A named behaviour that every driver must show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scenario {
    /// What it is about.
    pub subject: &'static str,
    /// Its name among those of the subject.
    pub name: &'static str,
    /// What it asserts.
    pub about: &'static str,
    /// Whether it is about sockets, so that a driver without them has no part in it.
    pub needs_sockets: bool,
}

/// The index of all scenarios, once; each way of using it is a rule of its own.
#[doc(hidden)]
#[macro_export]
macro_rules! scenarios {
    (@index $then:ident $($args:tt)*) => {
        $crate::scenarios! { @$then [$($args)*]
            replies {
                any data "The `data` of a reply is the value.",
                any page "A page has its items and says which it is.",
                any empty "A 204 is no value.",
                any location "A 302 is the address it leads to, and is not followed.",
                any unknown "Members and words that nobody knows are kept.",
                any gzip "A body compressed with gzip is read.",
                any brotli "A body compressed with brotli is read.",
                any no_content_type "A body without `Content-Type` is read.",
                any charset "A `Content-Type` with a charset is no obstacle.",
                any list_for_object "`[]` is read where the API means `{}`.",
                any wrong_type "A member of another type is an error that names its JSON path.",
                any truncated_json "JSON that ends too early is an error that says where.",
                any invalid_utf8 "A body that is not UTF-8 is an error.",
                any page_of_html "A page of HTML with status 200 is an error.",
                any nothing "An empty body with status 200 is an error.",
            }
            refusals {
                any unauthorized "401 is `unauthorized`.",
                any payment_required "402 is `payment_required`.",
                any forbidden "403 is `forbidden`.",
                any not_found "404 is `not_found`.",
                any method_not_allowed "405 is `other`, with its status.",
                any conflict "409 is `conflict`.",
                any validation "422 is `validation`, with the fields and what is wrong with each.",
                any rate_limited_for_seconds "429 is `rate_limited`, with the seconds to wait.",
                any rate_limited_until_a_date "429 with a date is read against the reply's own date.",
                any server_error "500 is `server`.",
                any bad_gateway_in_html "502 with HTML keeps its status and an excerpt, which is not shown.",
                any unavailable "503 is `server`.",
                any unavailable_for_seconds "503 with `Retry-After` keeps the seconds.",
                any gateway_timeout_without_body "504 without a body keeps its status.",
                any unknown_status "A status nobody expects is `other`, with its status.",
                any no_message "An error envelope without a message keeps its code.",
                any cut_off "A refusal whose body breaks off keeps its status.",
            }
            retries {
                any reading_is_repeated "What only reads is sent again when its reply is lost.",
                any attempts_end "After the last attempt the loss is reported.",
                any a_lost_create_is_reported "createTask is not sent again when its reply is lost.",
                any claim_is_repeated "claimAgentRealtimeSession is sent again when its reply is lost.",
                any heartbeat_is_repeated "agentHeartbeat is sent again when its reply is lost.",
                any a_rate_limited_create_is_repeated "429 is repeated whatever the operation: nothing was done.",
                any an_unavailable_create_is_not_repeated "503 without `Retry-After` may have been done.",
                any an_invited_create_is_repeated "503 with `Retry-After` is an invitation.",
                any a_refusal_is_final "422 is not repeated.",
                any waits_double "The waiting between attempts doubles, less a random part of up to half.",
                any retry_after_is_kept "A `Retry-After` is waited for.",
                any too_long_a_wait_is_not_taken "A `Retry-After` beyond the longest wait ends the call.",
                any deadline_ends_repeating "No attempt begins after the deadline.",
                any deadline_ends_an_attempt "An attempt is given up at the deadline.",
                any the_same_bytes_again "Another attempt sends the same bytes.",
            }
            transport {
                wire no_such_host "A name without an address is `connect`: nothing was sent.",
                any refused_connection "A refused connection is `connect`: nothing was sent.",
                any closed_before_the_head "A connection closed before the reply is `lost`.",
                any closed_in_the_head "A connection closed in the head is `lost`.",
                any closed_in_the_body "A connection closed in the body is `lost`.",
                any reset_before_the_head "A connection reset before the reply is `lost`.",
                any reset_in_the_body "A connection reset in the body is `lost`.",
                any slow_head "A head that does not come in time is `timeout`.",
                any slow_body "A body that does not come in time is `timeout`, however steadily it drips.",
                any too_few_bytes "Fewer bytes than announced are `lost`.",
                any too_many_bytes "More bytes than announced are not read, nor taken for the next reply.",
                any over_the_limit "A body over the limit is `too_large`, found out before it is read, and not asked for again.",
                any just_the_limit "A body of just the limit is read.",
                wire compressed_over_the_limit "The limit counts what a compressed body unfolds to.",
                any no_http "What is no HTTP is `lost`.",
                wire self_signed "A certificate nobody vouches for is `connect`: no credential was sent.",
                any afterwards "After every fault the client goes on.",
            }
            safety {
                any redirect_is_not_followed "A redirect to another origin is an error, and nothing goes there.",
                any next_elsewhere_is_not_followed "A `links.next` on another origin is not followed.",
                any storage_sees_no_credential "What is sent to storage carries no credential.",
                any control_characters "No control character in any parameter makes a second header or request.",
                any no_secret_in_errors "No error shows a credential, in any of its forms.",
                any no_secret_in_events "Nothing that is observed at the most verbose level shows a credential.",
            }
            pages {
                any several "Every item of every page comes once, in order.",
                any empty_in_the_middle "An empty page in the middle does not end the walk.",
                any repeated "A server that repeats a page does not make it endless.",
                any changed_meanwhile "Items deleted during the walk end it no earlier than the server says.",
                any stopping_early "Who stops early asks for no further page.",
                any failing_later "An error on a later page comes after the items before it, and ends the walk.",
            }
            files {
                any bytes "What is uploaded from memory is what is downloaded.",
                any path "A file goes up from a path and comes down to one.",
                any stream "A stream goes up once; its ticket carries no checksum.",
                any exact_headers "Storage gets exactly the headers of the ticket.",
                any progress "Progress rises to the size of the file.",
                any expired_ticket "A ticket that has expired is renewed once.",
                any expired_ticket_of_a_stream "What cannot be read again is not sent with a new ticket.",
                any expired_address "An address that has expired is asked for once more.",
                any resumed "A download goes on where it broke off.",
                any resumed_upload "An upload that broke off begins again.",
                any wrong_content "Content with another checksum is `integrity`, and gets no name.",
                any nothing_under_the_name "A download that fails leaves what was there, and nothing beside it.",
                any no_such_file "A path that cannot be read or written is `local`, and nothing is sent.",
                wire large "64 MiB go up and down as a stream.",
            }
            concurrency {
                any shared "Sixteen threads share a client, and each gets its own replies.",
                any many "256 calls at once all succeed, each once.",
            }
            observability {
                any attempts "Each attempt is an event with operation, revision, status, duration and sizes.",
                any span "Each call is a span with the operation and the revision.",
            }
        }
    };
    (@table [] $($subject:ident { $($kind:ident $name:ident $about:literal,)+ })+) => {
        &[$($($crate::conformance::Scenario {
            subject: stringify!($subject),
            name: stringify!($name),
            about: $about,
            needs_sockets: $crate::scenarios!(@needs_sockets $kind),
        },)+)+]
    };
    (@run [$driver:ident $by:ident $named:ident] $($subject:ident { $($kind:ident $name:ident $about:literal,)+ })+) => {
        match ($by, $named) {
            $($((stringify!($subject), stringify!($name)) => $subject::$name::<$driver>(&Bench::new()),)+)+
            _ => panic!("there is no scenario `{}::{}`", $by, $named),
        }
    };
    (@tests [$select:ident $driver:ty] $($subject:ident { $($kind:ident $name:ident $about:literal,)+ })+) => {
        $(mod $subject {
            #[allow(unused_imports, clippy::wildcard_imports, reason = "the driver may be named there")]
            use super::*;

            $($crate::scenarios! { @test $select $kind $driver, $subject $name })+
        })+
    };
    (@test without_sockets wire $driver:ty, $subject:ident $name:ident) => {};
    (@test $select:ident $kind:ident $driver:ty, $subject:ident $name:ident) => {
        #[test]
        fn $name() {
            $crate::conformance::run::<$driver>(stringify!($subject), stringify!($name));
        }
    };
    (@needs_sockets any) => { false };
    (@needs_sockets wire) => { true };
}

/// Makes a module of tests, one for each scenario, for a [`Driver`](crate::conformance::Driver): `conformance!(name:
/// Type)`, or `conformance!(name: Type, without_sockets)` for one that has no part in what is about sockets.
#[macro_export]
macro_rules! conformance {
    ($module:ident: $driver:ty) => {
        $crate::conformance! { @module $module all $driver }
    };
    ($module:ident: $driver:ty, without_sockets) => {
        $crate::conformance! { @module $module without_sockets $driver }
    };
    (@module $module:ident $select:ident $driver:ty) => {
        mod $module {
            #[allow(
                unused_imports,
                clippy::wildcard_imports,
                reason = "the driver may be named there"
            )]
            use super::*;

            $crate::scenarios! { @index tests $select $driver }
        }
    };
}

/// The scenarios, by subject.
pub const SCENARIOS: &[Scenario] = crate::scenarios! { @index table };

/// Runs the scenario of that subject and name against a driver.
///
/// # Panics
///
/// When the driver does not behave so, or there is no such scenario.
pub fn run<D: Driver>(subject: &str, name: &str) {
    crate::scenarios! { @index run D subject name }
}
