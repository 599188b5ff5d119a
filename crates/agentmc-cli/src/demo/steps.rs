//! The steps of the demonstration.

use std::time::Instant;

use agentmc_core::ops::boards::{ListBoards, ShowBoard};
use agentmc_core::ops::hosts::{
    AgentHeartbeat, AuthenticateAgentRealtimeSocket, ClaimAgentRealtimeSession,
    CloseAgentRealtimeSession, CreateAgentRealtimeSignal, ListAgentRealtimeRequestedSessions,
    ListAgentRealtimeSignals, ListHosts,
};
use agentmc_core::ops::tasks::{
    CreateTask, CreateTaskComment, DeleteTask, ListTaskComments, ListTasks, ShowTask, UpdateTask,
};
use agentmc_core::ops::teams::ListAgents;
use agentmc_core::types::{
    AgentId, Board, BoardColumn, HeartbeatAgent, HeartbeatHost, HeartbeatMeta, HeartbeatRuntime,
    HostDisk, HostMeta, HostNetwork, HostRuntime, Object, RealtimeSessionStatus, SessionId,
    SignalSender, TaskId, TextOrObject, Timestamp,
};
use agentmc_core::{Error, ErrorKind};
use agentmc_sandbox::Sandbox;

use super::chat::Chat;
use super::{Done, Frontend, arrived};
use crate::failure::Failure;

/// How many tasks the demonstration makes, and how many a page shows.
const TASKS: usize = 12;
const PER_PAGE: u32 = 5;
const OWNER: &str = "agent-claim:demonstration-owner";
const SOCKET_ID: &str = "1234.567890";
const STRANGER: &str = "agent-claim:another-process-entirely";

/// Performs every step; what was done is given even if one goes wrong.
pub(crate) async fn perform<F: Frontend>(
    client: F,
    sandbox: &Sandbox,
) -> (Vec<Done>, Result<(), Failure>) {
    let mut demo = Demo { client, sandbox, done: Vec::new() };
    let result = demo.perform().await;
    (demo.done, result)
}

struct Demo<'a, F> {
    client: F,
    sandbox: &'a Sandbox,
    done: Vec<Done>,
}

impl<F: Frontend> Demo<'_, F> {
    async fn perform(&mut self) -> Result<(), Failure> {
        let agent = self.connect().await?;
        let (board, columns) = self.read_boards().await?;
        self.work_on_tasks(agent, &board, &columns).await?;
        let session = self.claim_session(agent).await?;
        self.exchange_signals(agent, session).await?;
        self.talk(agent).await
    }

    /// A live chat over a websocket that is cut in the middle.
    async fn talk(&mut self, agent: AgentId) -> Result<(), Failure> {
        let (before, start) = (self.sandbox.seen_count(), Instant::now());
        let chat = Chat::new(self.sandbox, agent, |session| self.client.listen(agent, session));
        chat.ok_or_else(|| unexpected("a person asks for a session"))?.perform().await?;
        let milliseconds = start.elapsed().as_secs_f64() * 1000.0;
        let mut done =
            arrived::<F>(self.sandbox, before, "a live chat, cut in the middle", milliseconds);
        // The websockets themselves are no calls.
        done.retain(|step| step.operation != "-");
        self.done.extend(done);
        Ok(())
    }

    /// Connects a host and an agent by heartbeat.
    async fn connect(&mut self) -> Result<AgentId, Failure> {
        let heartbeat = self
            .step("a host and its agent report", async |client| client.send(&heartbeat()).await)
            .await?;
        expect(heartbeat.ok, "the heartbeat is taken")?;
        let agent = heartbeat.agent.ok_or_else(|| unexpected("the heartbeat makes the agent"))?;
        expect(agent.name == AGENT_NAME, "the agent has the name it gave")?;

        let hosts = self
            .step("the host is listed", async |client| client.all(ListHosts::new()).await)
            .await?;
        expect(
            hosts.iter().any(|host| host.fingerprint == FINGERPRINT),
            "the host is among the hosts",
        )?;
        let agents = self
            .step("the agent is listed", async |client| client.all(ListAgents::new()).await)
            .await?;
        expect(agents.iter().any(|other| other.id == agent.id), "the agent is among the agents")?;
        Ok(agent.id)
    }

    async fn read_boards(&mut self) -> Result<(Board, Vec<BoardColumn>), Failure> {
        let boards = self
            .step("boards are read", async |client| client.all(ListBoards::new()).await)
            .await?;
        let first = boards.first().ok_or_else(|| unexpected("there is a board"))?.id;
        let board = self
            .step("a board is opened", async |client| client.send(&ShowBoard::new(first)).await)
            .await?;
        let columns = board.columns.clone().unwrap_or_default();
        expect(columns.len() >= 2, "the board has two columns")?;
        Ok((board, columns))
    }

    /// Creates, updates, comments and lists tasks over several pages.
    async fn work_on_tasks(
        &mut self,
        agent: AgentId,
        board: &Board,
        columns: &[BoardColumn],
    ) -> Result<(), Failure> {
        let mut tasks: Vec<TaskId> = Vec::new();
        for number in 1..=TASKS {
            let task = CreateTask::new(
                board.id,
                columns[0].id,
                format!("Demonstration {number}"),
                "Made by `agentmc demo`.",
            )
            .assigned_to_agent_id(agent)
            .due_at(Timestamp::UNIX_EPOCH);
            let made =
                self.step("a task is created", async |client| client.send(&task).await).await?;
            expect(
                made.title == task.title && made.due_at.is_some(),
                "the task is as it was asked for",
            )?;
            tasks.push(made.id);
        }

        let update = UpdateTask::new(tasks[0]).column_id(columns[1].id).due_at(None);
        let updated = self
            .step("a task is moved and its date cleared", async |client| client.send(&update).await)
            .await?;
        expect(
            updated.column_id == columns[1].id && updated.due_at.is_none(),
            "the task is moved, without a date",
        )?;
        expect(updated.title == "Demonstration 1", "what the update does not name stays")?;

        let comment = CreateTaskComment::new(tasks[0], "Moved it along.");
        let acting = self.client.acting_as(agent);
        let made = self.timed("the agent comments", async |_| acting.send(&comment).await).await?;
        let comments = self
            .step("comments are read", async |client| {
                client.all(ListTaskComments::new(tasks[0])).await
            })
            .await?;
        expect(
            comments.iter().any(|other| other.id == made.id),
            "the comment is among the comments",
        )?;

        let mine = ListTasks::new().board_id(board.id).assigned_to_agent(agent).per_page(PER_PAGE);
        let listed = self
            .step("tasks are listed, page by page", async |client| client.all(mine).await)
            .await?;
        let mut ids: Vec<TaskId> = listed.iter().map(|task| task.id).collect();
        ids.sort();
        tasks.sort();
        expect(ids == tasks, "each task is listed once, over all pages")?;

        let last = tasks[TASKS - 1];
        self.step("a task is deleted", async |client| client.send(&DeleteTask::new(last)).await)
            .await?;
        self.refused("it is gone", ErrorKind::NotFound, async |client| {
            client.send(&ShowTask::new(last)).await
        })
        .await
    }

    /// Is asked for a realtime session, and claims it.
    async fn claim_session(&mut self, agent: AgentId) -> Result<SessionId, Failure> {
        let asked = self
            .sandbox
            .request_session(agent)
            .ok_or_else(|| unexpected("a person asks for a session"))?;
        let requested = self
            .step("requested sessions are listed", async |client| {
                client.acting_as(agent).send(&ListAgentRealtimeRequestedSessions::new()).await
            })
            .await?;
        let session = requested.iter().find(|session| session.id == asked);
        let session = session.ok_or_else(|| unexpected("the session is among those requested"))?.id;

        let claim = ClaimAgentRealtimeSession::new(session).owner_token(OWNER);
        let claimed = self
            .step("the session is claimed", async |client| {
                client.acting_as(agent).send(&claim).await
            })
            .await?;
        expect(claimed.status == RealtimeSessionStatus::Claimed, "the session is claimed")?;
        let other = ClaimAgentRealtimeSession::new(session).owner_token(STRANGER);
        self.refused("another owner is refused", ErrorKind::Conflict, async |client| {
            client.acting_as(agent).send(&other).await
        })
        .await?;

        let socket = claimed.socket.ok_or_else(|| unexpected("a claimed session has a socket"))?;
        let sign =
            AuthenticateAgentRealtimeSocket::new(session, SOCKET_ID, socket.channel.as_str());
        let signed = self
            .step("the socket is signed", async |client| client.acting_as(agent).send(&sign).await)
            .await?;
        let expected = self.sandbox.keys().sign(SOCKET_ID, &socket.channel);
        expect(signed.auth == expected, "the signature is that of the socket and the channel")?;
        Ok(session)
    }

    async fn exchange_signals(
        &mut self,
        agent: AgentId,
        session: SessionId,
    ) -> Result<(), Failure> {
        let question: Object = [("content", "How is it going?")].into_iter().collect();
        let asked = self.sandbox.browser_says(session, "message", question);
        let asked = asked.ok_or_else(|| unexpected("the browser sends a signal"))?;
        let answer: Object = [("content", "All done.")].into_iter().collect();
        let answer = CreateAgentRealtimeSignal::new(session, "message").payload(answer);
        let sent = self
            .step("the agent answers", async |client| client.acting_as(agent).send(&answer).await)
            .await?
            .data
            .id;

        let list = ListAgentRealtimeSignals::new(session).after_id(0);
        let signals = self
            .step("signals are caught up on", async |client| {
                client.acting_as(agent).send(&list).await
            })
            .await?
            .data;
        let from = |sender: SignalSender| {
            signals.iter().find(|signal| signal.sender == sender).map(|signal| signal.id)
        };
        expect(from(SignalSender::Browser) == Some(asked), "the browser's signal is there")?;
        expect(from(SignalSender::Agent) == Some(sent), "the agent's signal is there")?;
        expect(signals.is_sorted_by_key(|signal| signal.id), "signals come in ascending order")?;

        let close = CloseAgentRealtimeSession::new(session).reason("The demonstration is over.");
        let closed = self
            .step("the session is closed", async |client| {
                client.acting_as(agent).send(&close).await
            })
            .await?;
        expect(closed.status == RealtimeSessionStatus::Closed, "the session is closed")
    }

    async fn step<T>(
        &mut self,
        what: &'static str,
        call: impl AsyncFnOnce(&F) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        self.timed(what, call).await.map_err(Failure::from)
    }

    /// A step that must be refused.
    async fn refused<T>(
        &mut self,
        what: &'static str,
        kind: ErrorKind,
        call: impl AsyncFnOnce(&F) -> Result<T, Error>,
    ) -> Result<(), Failure> {
        match self.timed(what, call).await {
            Err(error) if error.kind() == kind => Ok(()),
            Err(error) => Err(error.into()),
            Ok(_) => Err(unexpected(what)),
        }
    }

    async fn timed<T>(
        &mut self,
        what: &'static str,
        call: impl AsyncFnOnce(&F) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let before = self.sandbox.seen_count();
        let start = Instant::now();
        let result = call(&self.client).await;
        let milliseconds = start.elapsed().as_secs_f64() * 1000.0;
        self.done.extend(arrived::<F>(self.sandbox, before, what, milliseconds));
        result
    }
}

const FINGERPRINT: &str = "5d41402abc4b2a76b9719d911017c592a3f56f330f311a2159f8c101eaf1439a";
const AGENT_NAME: &str = "demonstrator";

/// What a host with one agent reports.
fn heartbeat() -> AgentHeartbeat {
    let runtime = HeartbeatRuntime::new("openclaw", "2026.11.1");
    let meta =
        HeartbeatMeta::new().runtime(runtime).models(vec![TextOrObject::from("anthropic/claude")]);
    let host = HostMeta::new(
        "worker-01",
        [10, 0, 2, 15],
        HostNetwork::new([10, 0, 2, 15], [203, 0, 113, 10]),
        "Debian",
        "12",
        "x86_64",
        "8 cores",
        8,
        32.0,
        HostDisk::new(512 << 30, 300 << 30),
        86_400,
        HostRuntime::new("openclaw", "2026.11.1"),
    );
    AgentHeartbeat::new()
        .meta(meta)
        .host(HeartbeatHost::new(FINGERPRINT, "worker-01", host))
        .agent(HeartbeatAgent::new(AGENT_NAME).identity(AGENT_NAME))
}

pub(super) fn expect(holds: bool, what: &str) -> Result<(), Failure> {
    if holds { Ok(()) } else { Err(unexpected(what)) }
}

pub(super) fn unexpected(what: &str) -> Failure {
    Failure::Unexpected(format!("not as it should be: {what}"))
}
