//! What is shown and logged.

use std::sync::PoisonError;
use std::time::Duration;

use agentmc_conformance::{Listening, live_on_both};
use agentmc_core::realtime::{Event, SessionOptions, Tuning};
use agentmc_sandbox::Sandbox;
use log::LevelFilter;

use crate::logs::{LOGGED, Logger};

live_on_both! {
    fn no_secret_of_realtime_is_logged_or_shown<S>() {
        let _ = log::set_logger(&Logger).map(|()| log::set_max_level(LevelFilter::Trace));
        let sandbox = Sandbox::start().unwrap();
        let agent = sandbox.world(|world| *world.agents.keys().next().unwrap());
        let session = sandbox.request_session(agent).unwrap();
        let client = S::new(sandbox.api());
        let realtime = client.realtime(Tuning::new());
        let token = S::owner_token(&realtime);
        let options = SessionOptions::session(session, token.clone()).agent(agent);
        let mut shown = format!("{realtime:?} {options:?}");
        let mut subscription = S::session(&realtime, options);
        while let Some(event) = subscription.next_within(Duration::from_secs(30)) {
            shown.push_str(&format!("{event:?} {subscription:?}"));
            if matches!(event, Event::Ready(_)) {
                break;
            }
        }
        assert!(subscription.session().is_some());
        let keys = sandbox.keys();
        let logged = LOGGED.lock().unwrap_or_else(PoisonError::into_inner);
        for secret in [&keys.host_key, &keys.socket_secret] {
            assert!(!shown.contains(secret.as_str()), "{shown}");
            for text in logged.values().flatten() {
                assert!(!text.contains(secret.as_str()), "{text}");
            }
        }
        assert!(!shown.contains(token.expose()), "{shown}");
    }
}
