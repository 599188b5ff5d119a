//! A working session against the sandbox.

use agentmc_conformance::on_both;
use agentmc_core::ops::agents::{AgentConnectedInstructions, ConnectAgent};
use agentmc_core::ops::calendar::{
    CreateCalendarItem, DeleteCalendarItem, ShowCalendarItem, UpdateCalendarItem,
};
use agentmc_core::ops::files::{DownloadFile, ListFiles};
use agentmc_core::ops::hosts::{ClaimAgentRealtimeSession, ListAgentRealtimeRequestedSessions};
use agentmc_core::ops::tasks::{CreateTask, ListTasks, ShowTask, UpdateTask};
use agentmc_core::ops::teams::ListAgents;
use agentmc_core::ops::{boards, notifications};
use agentmc_core::types::{CalendarItemType, Object, RealtimeSessionStatus, Timestamp};
use agentmc_core::{Credential, Error, ErrorKind, Revision};
use agentmc_sandbox::Sandbox;
use http::StatusCode;

on_both! {
    fn a_task_is_made_changed_and_read_back<S>() {
        let sandbox = Sandbox::start().unwrap();
        let client = S::new(sandbox.api());
        let board = client.list(boards::ListBoards::new(), 1).unwrap()[0].id;
        let column = client.send(&boards::ShowBoard::new(board)).unwrap().columns.unwrap()[0].id;
        let create = CreateTask::new(board, column, "Ship", "All of it.").due_at(Timestamp::UNIX_EPOCH);
        let made = client.send(&create).unwrap();
        client.send(&UpdateTask::new(made.id).title("Ship it")).unwrap();
        let read = client.send(&ShowTask::new(made.id)).unwrap();
        assert_eq!((&*read.title, read.due_at), ("Ship it", Some(Timestamp::UNIX_EPOCH)));
        client.send(&UpdateTask::new(made.id).due_at(None)).unwrap();
        assert_eq!(client.send(&ShowTask::new(made.id)).unwrap().due_at, None);
    }

    fn a_refused_field_is_named<S>() {
        let sandbox = Sandbox::start().unwrap();
        let client = S::new(sandbox.api().check_limits(false));
        let error = client.send(&CreateTask::new(1, 1, "x".repeat(256), "y")).unwrap_err();
        let Error::Api(refusal) = &error else { panic!("{error:?}") };
        assert_eq!(error.kind(), ErrorKind::Validation);
        assert!(refusal.fields.contains_key("title"), "{:?}", refusal.fields);
    }

    fn a_session_has_one_owner<S>() {
        let sandbox = Sandbox::start().unwrap();
        let client = S::new(sandbox.api());
        let agent = client.list(ListAgents::new(), 1).unwrap()[0].id;
        let asked = sandbox.request_session(agent).unwrap();
        let acting = client.with(|api| api.acting_as(agent));
        let requested = acting.send(&ListAgentRealtimeRequestedSessions::new()).unwrap();
        assert!(requested.iter().any(|session| session.id == asked));
        let claim = |owner: &str| ClaimAgentRealtimeSession::new(asked).owner_token(owner);
        let claimed = acting.send(&claim("agent-claim:first-owner")).unwrap();
        assert_eq!(claimed.status, RealtimeSessionStatus::Claimed);
        acting.send(&claim("agent-claim:first-owner")).unwrap();
        let error = acting.send(&claim("agent-claim:other-owner")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
    }

    fn every_revision_reads_tasks_and_notifications<S>() {
        let sandbox = Sandbox::start().unwrap();
        for revision in Revision::ALL {
            let client = S::new(sandbox.api().revision(*revision));
            let all = client.list(ListTasks::new().per_page(7), usize::MAX).unwrap();
            let total = client.send(&ListTasks::new()).unwrap().meta.total;
            assert_eq!(all.len() as u64, total, "{revision}");
            assert!(total > 7, "{revision}");
            client.send(&notifications::ListNotifications::new()).unwrap();
        }
    }

    fn a_wrong_key_is_unauthorized_and_another_teams_task_is_not_found<S>() {
        let sandbox = Sandbox::start().unwrap();
        let client = S::new(sandbox.api());
        let wrong = client.with(|api| api.credential(Credential::api_key("cc_wrong").unwrap()));
        assert_eq!(wrong.send(&ListTasks::new()).unwrap_err().kind(), ErrorKind::Unauthorized);
        assert_eq!(client.send(&ShowTask::new(u64::MAX >> 2)).unwrap_err().kind(), ErrorKind::NotFound);
    }

    /// What is stored elsewhere is handed over as a URL; the client itself goes nowhere but to the API.
    fn a_download_leads_elsewhere_and_the_key_does_not<S>() {
        let sandbox = Sandbox::start().unwrap();
        let client = S::new(sandbox.api());
        let file = client.list(ListFiles::new().per_page(1), 1).unwrap().remove(0);
        let url = client.send(&DownloadFile::new(file.id)).unwrap();
        assert!(url.starts_with(sandbox.storage_url()), "{url}");
        assert!(!url.starts_with(sandbox.url()), "{url}");
        let seen = sandbox.seen();
        assert!(seen.iter().all(|seen| seen.operation.is_some()), "nothing went to storage");
        assert_eq!(seen.last().unwrap().status, StatusCode::FOUND);
    }

    fn a_calendar_item_is_made_cleared_and_gone<S>() {
        let sandbox = Sandbox::start().unwrap();
        let client = S::new(sandbox.api());
        let start: Timestamp = "2026-03-01T09:00:00Z".parse().unwrap();
        let end: Timestamp = "2026-03-01T10:00:00Z".parse().unwrap();
        let event = CreateCalendarItem::new(CalendarItemType::Event, "Review", None)
            .start_at(start)
            .end_at(end)
            .location("Room 1");
        let made = client.send(&event).unwrap();
        assert_eq!((made.start_at, made.location.as_deref()), (Some(start), Some("Room 1")));
        let cleared = client.send(&UpdateCalendarItem::new(made.id).location(None)).unwrap();
        assert_eq!((cleared.location, cleared.start_at), (None, Some(start)));
        client.send(&DeleteCalendarItem::new(made.id)).unwrap();
        let error = client.send(&ShowCalendarItem::new(made.id)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }

    /// An agent connects with a token of the oldest revision and acts with the one it gets.
    fn an_agent_connects_and_reads_its_instructions<S>() {
        let sandbox = Sandbox::start().unwrap();
        let token = Credential::connect_token(&sandbox.keys().connect_token).unwrap();
        let client = S::new(sandbox.api().credential(token).revision(Revision::V0_1_1));
        let members: Object = [("name", "newcomer")].into_iter().collect();
        let connected = client.send(&ConnectAgent::new().members(members)).unwrap();
        let token = Credential::agent_token(connected.agent_token.expose()).unwrap();
        let agent = client.with(|api| api.credential(token).acting_as(connected.agent_id));
        let instructions = agent.send(&AgentConnectedInstructions::new()).unwrap();
        assert!(!instructions.instructions.is_empty());
    }
}
