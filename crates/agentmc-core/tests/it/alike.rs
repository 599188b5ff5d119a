//! What is read of a reply is what `serde_json` reads of it, whatever reads it.

use std::fmt::Debug;

use agentmc_core::ops::{
    agents, boards, briefs, calendar, files, hosts, logs, notifications, tasks, teams,
};
use agentmc_core::reply::Reply;
use agentmc_core::{Operation, Output};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde::de::DeserializeOwned;

use crate::fixtures::{COMPLETE, reply};

fn reads_alike<O: Operation>(body: &str) -> bool
where
    Output<O>: DeserializeOwned + PartialEq + Debug,
{
    let ours = O::Reply::read(O::ENDPOINT.id, &reply(200, body.to_owned())).ok();
    let theirs = serde_json::from_str(body).ok();
    assert_eq!(ours, theirs, "{}: {body}", O::ENDPOINT.id);
    ours.is_some()
}

/// Reads the body as a reply to the operation; says whether it is one. `None` if it has an envelope.
fn read(id: &str, body: &str) -> Option<bool> {
    macro_rules! operations {
        ($($operation:ty),+ $(,)?) => {
            match id {
                $(id if id == <$operation>::ENDPOINT.id => Some(reads_alike::<$operation>(body)),)+
                _ => None,
            }
        };
    }
    operations! {
        agents::ConnectAgent, agents::AgentConnectedInstructions, agents::GetAgentInstructions,
        boards::ListBoards, briefs::ListAgentBriefs, briefs::CreateAgentBrief, briefs::UpdateAgentBrief,
        calendar::ListCalendar, files::ListFiles, files::ListFileFolders, hosts::AgentHeartbeat,
        hosts::ListHosts, hosts::ShowHost, hosts::ListAgentRealtimeSignals,
        hosts::CreateAgentRealtimeSignal, hosts::AuthenticateAgentRealtimeSocket,
        hosts::AuthenticateHostRealtimeSocket, logs::ListLogs, notifications::ListNotifications,
        tasks::ListTasks, tasks::ListTaskComments, teams::ListAgents, teams::ListTeamMembers,
    }
}

fn without_envelope() -> Vec<(&'static str, &'static str)> {
    let all = COMPLETE.iter().map(|fixture| (fixture.id, fixture.text));
    let found: Vec<_> = all.filter(|(id, body)| read(id, body).is_some()).collect();
    assert!(found.len() >= 20, "{}", found.len());
    found
}

#[test]
fn replies_are_read_alike() {
    for (id, body) in without_envelope() {
        assert_eq!(read(id, body), Some(true), "{id}");
        assert_eq!(read(id, &body.replace('/', "\\/").replace('\n', "\r\n\t")), Some(true), "{id}");
    }
}

proptest! {
    #[test]
    fn broken_replies_are_read_alike(
        which in any::<Index>(),
        edits in vec((any::<Index>(), 0..12_usize, any::<Index>(), 0..40_usize), 1..6),
        extra in "[ \\[\\]{}\":,0-9eE+.nulltruefalse\\\\u\u{0}é-]{0,3}",
    ) {
        let (id, body) = *which.get(&without_envelope());
        let mut chars: Vec<char> = body.chars().collect();
        for (at, cut, from, len) in edits {
            // A piece of the reply goes where another was, so that names and values of the right kinds change places.
            let from = from.index(chars.len());
            let mut piece: Vec<char> = chars[from..].iter().copied().take(len).collect();
            piece.extend(extra.chars());
            let at = at.index(chars.len());
            let end = (at + cut).min(chars.len());
            chars.splice(at..end, piece);
            if chars.is_empty() {
                chars.push(' ');
            }
        }
        read(id, &chars.into_iter().collect::<String>());
    }

    #[test]
    fn replies_with_a_value_of_another_kind_are_read_alike(
        which in any::<Index>(),
        place in any::<Index>(),
        value in prop_oneof![
            Just("null"), Just("[]"), Just("{}"), Just("true"), Just("0"), Just("-0"), Just("-1"), Just("1.5"), Just("1e3"),
            Just("18446744073709551616"), Just("99999999999999999999"), Just("1e999"), Just("\"\""), Just("\"7\""),
            Just("\"\\ud83d\\ude00\""), Just("\"\\ud83d\""), Just("\"2026-02-30T00:00:00Z\""), Just("\"9999-12-31T23:59:59Z\""),
            Just("[1]"), Just("[{}]"), Just("[[]]"), Just("{\"a\":[1e999]}"), Just("{\"$a\":0.5}"), Just("{\"a\":1,\"a\":2}"),
        ],
    ) {
        let (id, body) = *which.get(&without_envelope());
        // What stands behind a colon, up to the comma: not always a value, which is all the better.
        let colons: Vec<usize> = body.match_indices("\": ").map(|(at, _)| at + 3).collect();
        let start = *place.get(&colons);
        let end = body[start..].find([',', '\n']).map_or(body.len(), |len| start + len);
        read(id, &format!("{}{value}{}", &body[..start], &body[end..]));
    }
}
