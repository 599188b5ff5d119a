//! Whatever happens to a service and its clients: nothing is lost, and nothing hangs.

use std::time::Duration;

use agentmc_core::realtime::{Event, SessionOptions, Start};
use proptest::prelude::*;

use super::service::{Service, TOKEN, chat};

const AUTH: &str = "authenticateAgentRealtimeSocket";
const LIST: &str = "listAgentRealtimeSignals";

fn options() -> SessionOptions {
    SessionOptions::session(42, TOKEN)
}

/// What may happen to a service and its clients.
#[derive(Clone, Debug)]
enum Act {
    Say,
    Store,
    Echo,
    Repush(prop::sample::Index),
    Drop(Option<u16>),
    Wait(u64),
    Fail(u16),
    Down,
    Up,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => Just(Act::Say),
        4 => Just(Act::Store),
        2 => Just(Act::Echo),
        3 => any::<prop::sample::Index>().prop_map(Act::Repush),
        2 => prop_oneof![Just(None), Just(Some(1006)), Just(Some(4100)), Just(Some(4200))].prop_map(Act::Drop),
        4 => (0_u64..50).prop_map(Act::Wait),
        2 => prop_oneof![Just(0), Just(429), Just(500)].prop_map(Act::Fail),
        1 => Just(Act::Down),
        2 => Just(Act::Up),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, max_shrink_iters: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_each_message_is_told_once_in_order(acts in proptest::collection::vec(act(), 0..60)) {
        let (mut service, _) = Service::with_session(options().start(Start::Beginning));
        for act in acts {
            match act {
                Act::Say => _ = service.say(42, "said"),
                Act::Store => _ = service.store(42, "browser", "message", &chat("stored")),
                Act::Echo => {
                    let id = service.store(42, "agent", "message", &chat("echo"));
                    service.push(42, id);
                }
                Act::Repush(index) => {
                    let ids: Vec<u64> = service.rooms[&42].signals.keys().copied().collect();
                    if !ids.is_empty() {
                        service.push(42, ids[index.index(ids.len())]);
                    }
                }
                Act::Drop(code) if service.socket.is_some() => service.drop_socket(code, ""),
                Act::Drop(_) => {}
                Act::Wait(seconds) => service.seconds(seconds),
                Act::Fail(status) => service.fail(LIST, &[status]),
                Act::Down => service.is_up = false,
                Act::Up => service.is_up = true,
            }
        }
        service.is_up = true;
        service.faults.clear();
        service.seconds(60);
        if service.socket.is_some() {
            service.drop_socket(Some(4200), "");
        }
        service.seconds(60);
        let told: Vec<u64> = service.events.iter().filter_map(|(_, event)| match event {
            Event::Message(message) => Some(message.signal_id.get()),
            Event::Signal(signal) => Some(signal.id.get()),
            _ => None,
        }).collect();
        prop_assert_eq!(told, service.rooms[&42].signals.keys().copied().collect::<Vec<_>>());
    }

    #[test]
    fn no_subscription_hangs_when_the_service_dies(
        acts in proptest::collection::vec(act(), 0..30),
        confirms in any::<bool>(),
        was_up in any::<bool>(),
    ) {
        let mut service = Service::new();
        service.request(42);
        (service.confirms, service.is_up) = (confirms, was_up);
        service.subscribe(options());
        service.subscribe(SessionOptions::best(TOKEN));
        for act in acts {
            match act {
                Act::Wait(seconds) => service.seconds(seconds),
                Act::Fail(status) => service.fail(AUTH, &[status]),
                Act::Drop(code) if service.socket.is_some() => service.drop_socket(code, ""),
                _ => {}
            }
        }
        service.is_up = false;
        service.answers_pings = false;
        service.advance(Duration::from_secs(300));
        prop_assert!(service.realtime.subscriptions() == 0 || service.realtime.deadline().is_some());
        let ended = service.events.iter().filter(|(_, event)| matches!(event, Event::Ended(_))).count();
        prop_assert_eq!(ended + service.realtime.subscriptions(), 2);
    }
}
