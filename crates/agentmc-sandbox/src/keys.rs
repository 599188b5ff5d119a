//! The credentials a sandbox accepts.

use fastrand::Rng;

/// The credentials a sandbox accepts, made from its seed.
///
/// They are no secrets: they open this sandbox and nothing else, and `Debug` shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Keys {
    /// The API key of the team's host (`cc_…`). It acts for the agents on the hosts it has reported.
    pub host_key: String,
    /// The API key of the team (`cc_…`). It acts for every agent of the team.
    pub team_key: String,
    /// The API key of the team's first agent (`mca_…`).
    pub agent_key: String,
    /// The bearer token of the team's first agent.
    pub agent_token: String,
    /// A bearer token of the team.
    pub bearer_token: String,
    /// The token a new agent would connect with.
    pub connect_token: String,
    /// The cookie `laravel_session` of the person who owns the team.
    pub session_cookie: String,
    /// The key of the application that websockets connect to; public, a part of their URL.
    pub socket_key: String,
    /// The secret that subscriptions to channels are signed with.
    pub socket_secret: String,
}

impl Keys {
    pub(crate) fn new(rng: &mut Rng) -> Self {
        Self {
            host_key: token(rng, "cc_", 40),
            team_key: token(rng, "cc_", 40),
            agent_key: token(rng, "mca_", 40),
            agent_token: token(rng, "", 48),
            bearer_token: token(rng, "", 48),
            connect_token: token(rng, "", 32),
            session_cookie: token(rng, "", 40),
            socket_key: token(rng, "", 20),
            socket_secret: token(rng, "", 32),
        }
    }
}

fn token(rng: &mut Rng, prefix: &str, length: usize) -> String {
    let characters = std::iter::repeat_with(|| rng.alphanumeric()).take(length);
    prefix.chars().chain(characters).collect()
}
