//! A live chat: a person asks in a browser, the agent answers, and the websocket is cut in the middle.

use agentmc_core::realtime::{Body, Event, Outgoing};
use agentmc_core::types::{AgentId, SessionId, SignalId, SignalSender};
use agentmc_sandbox::{BrowserMessage, Sandbox, SocketFault};

use super::frontend::Listening;
use super::steps::{expect, unexpected};
use crate::failure::Failure;

/// What is asked before the websocket is cut, while it is, and after it.
const QUESTIONS: [&str; 3] = ["How is it going?", "Are you still there?", "And what is left?"];

/// A person who asks, and an agent that answers in two deltas and a final message.
pub(crate) struct Chat<'a, S> {
    sandbox: &'a Sandbox,
    session: SessionId,
    listening: S,
}

impl<'a, S: Listening> Chat<'a, S> {
    pub(crate) fn new(
        sandbox: &'a Sandbox,
        agent: AgentId,
        listen: impl FnOnce(SessionId) -> S,
    ) -> Option<Self> {
        let session = sandbox.request_session(agent)?;
        Some(Self { sandbox, session, listening: listen(session) })
    }

    /// Talks, and sees to it that nothing was lost or doubled on either side.
    pub(crate) async fn perform(mut self) -> Result<(), Failure> {
        self.ask(0)?;
        self.answer(0).await?;
        self.sandbox.socket_fault(SocketFault::Drop);
        self.ask(1)?;
        self.answer(1).await?;
        self.ask(2)?;
        self.answer(2).await?;
        let said = self.sandbox.messages(self.session, SignalId(0));
        let text = |name: &str| {
            let of_agent = said.iter().filter(|message| message.sender == SignalSender::Agent);
            let texts = of_agent.filter_map(|message| message.body.get(name)?.as_str());
            texts.map(str::to_owned).collect::<Vec<_>>()
        };
        let answers: Vec<_> =
            (0..QUESTIONS.len()).map(|number| format!("Answer {number}.")).collect();
        expect(text("content") == answers, "the person gets each answer once, in order")?;
        expect(text("delta").concat() == answers.concat(), "the deltas make up the answers")
    }

    fn ask(&self, number: usize) -> Result<(), Failure> {
        let question = BrowserMessage::chat(&request(number), QUESTIONS[number]);
        let sent = self.sandbox.browser_sends(self.session, &question);
        sent.map(drop).ok_or_else(|| unexpected("the browser sends a message"))
    }

    /// Waits for the question, which must be the next one, and answers it.
    async fn answer(&mut self, number: usize) -> Result<(), Failure> {
        let (text, request_id) = loop {
            match self.listening.next().await {
                Some(Event::Message(message)) => {
                    let Body::ChatUser(chat) = message.body() else { continue };
                    let request = message.request_id().unwrap_or_default().to_string();
                    break (chat.text.to_string(), request);
                }
                Some(Event::Ended(end)) => {
                    return Err(Failure::Unexpected(format!("the session ends: {end}")));
                }
                Some(_) => {}
                None => return Err(unexpected("the session goes on")),
            }
        };
        expect(text == QUESTIONS[number], "the agent hears each question once, in order")?;
        expect(request_id == request(number), "a question has the id it was asked with")?;
        for (part, delta) in [format!("Answer {number}"), ".".to_owned()].into_iter().enumerate() {
            let id = format!("delta-{number}-{part}");
            self.say(&Outgoing::chat_delta(&request_id, &id, &delta)).await?;
        }
        self.say(&Outgoing::chat_done(&request_id, &format!("Answer {number}."))).await
    }

    async fn say(&self, message: &Outgoing) -> Result<(), Failure> {
        let sent = self.listening.publish(message).await;
        let sent =
            sent.map_err(|error| Failure::Unexpected(format!("the agent cannot answer: {error}")))?;
        expect(sent.len() == 1, "a short message is one signal")
    }
}

fn request(number: usize) -> String {
    format!("req-{number}")
}
