//! `agentmc realtime chat`.

use std::collections::VecDeque;
use std::time::Duration;

use agentmc_blocking::realtime::{Body, Event, Message, Outgoing, Publisher};
use agentmc_core::types::SignalId;

use super::line::{Line, Words};
use super::listen::{stopped, tell_last};
use super::news::{News, Source};
use super::printer::Printer;
use super::{Chat, Start, end, send};
use crate::args::Common;
use crate::failure::Failure;
use crate::output::Output;

/// How long nothing happens before an answer is sent. What is told at the beginning has many questions, and it is the
/// last that is answered.
const SETTLED: Duration = Duration::from_millis(100);

/// A conversation.
struct Conversation<'a> {
    printer: Printer<'a>,
    publisher: Publisher,
    /// The last question.
    question: Option<Question>,
    /// Lines typed before anybody asked.
    waiting: VecDeque<String>,
    is_input_over: bool,
    last: Option<SignalId>,
    session: u64,
}

/// What an answer must name.
struct Question {
    request_id: String,
    message_id: Option<String>,
}

pub(super) fn run(common: &Common, args: &Chat, out: &mut Output) -> Result<(), Failure> {
    let printer = Printer::new(common, out)?;
    let realtime = super::client(common)?.realtime();
    let options = args.claiming.options(&realtime, args.from.unwrap_or(Start::Beginning))?;
    let subscription = realtime.subscribe_session(options);
    let publisher = subscription.publisher();
    let source = Source::new(subscription)?;
    let mut conversation = Conversation {
        printer,
        publisher,
        question: None,
        waiting: VecDeque::new(),
        is_input_over: false,
        last: None,
        session: 0,
    };
    let result = conversation.go_on(&source);
    tell_last(common, conversation.last);
    result
}

impl Conversation<'_> {
    fn go_on(&mut self, source: &Source) -> Result<(), Failure> {
        while !(self.is_input_over && self.waiting.is_empty()) {
            let has_answer = self.question.is_some() && !self.waiting.is_empty();
            let news = if has_answer { source.next_within(SETTLED) } else { Some(source.next()) };
            match news {
                Some(News::Event(event, last)) => match *event {
                    Event::Ended(end) => {
                        return end::tell(end, last, self.session > 0, &mut self.printer);
                    }
                    event => {
                        self.hear(&event, source)?;
                        self.last = last;
                    }
                },
                Some(News::Line(line)) => {
                    let unreadable = |error| Failure::io("standard input cannot be read", error);
                    self.waiting
                        .extend(Some(line.map_err(unreadable)?).filter(|it| !it.trim().is_empty()));
                }
                Some(News::EndOfInput) => self.is_input_over = true,
                Some(News::Stop) => return stopped(&mut self.printer, self.last),
                None => self.answer()?,
            }
        }
        Ok(())
    }

    fn hear(&mut self, event: &Event, source: &Source) -> Result<(), Failure> {
        if let Some(line) = Line::of(event) {
            self.printer.data(&line)?;
        }
        match event {
            Event::Ready(session) if self.session == 0 => {
                self.session = session.id.get();
                self.printer.words(Words(event))?;
                source.read_input()?;
            }
            Event::Resumed { .. } | Event::Dropped(_) => self.printer.words(Words(event))?,
            Event::Signal(signal) => self.show(signal.message().as_ref())?,
            Event::Message(message) => {
                self.show(Some(message))?;
                if let Body::ChatUser(chat) = message.body() {
                    self.question = Some(Question {
                        request_id: message.request_id().unwrap_or_default().to_owned(),
                        message_id: chat.message_id.map(Into::into),
                    });
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn show(&mut self, message: Option<&Message>) -> Result<(), Failure> {
        match message.and_then(words) {
            Some(text) => Ok(self.printer.words(text)?),
            None => Ok(()),
        }
    }

    /// Sends what was typed, if there is a question to answer.
    fn answer(&mut self) -> Result<(), Failure> {
        let Some(question) = &self.question else { return Ok(()) };
        while let Some(line) = self.waiting.pop_front() {
            let mut answer = Outgoing::chat_done(&question.request_id, &line);
            if let Some(id) = &question.message_id {
                answer = answer.with("message_id", id.as_str());
            }
            let ids = self.publisher.publish(&answer);
            let ids = ids.map_err(|error| send::unsent(error, self.session))?;
            self.printer.data(&Line::Sent { request_id: &question.request_id, ids: &ids })?;
        }
        Ok(())
    }
}

/// What somebody says in a chat; what else is asked for is named, since nobody answers it here.
fn words(message: &Message) -> Option<String> {
    // What looks like the beginning of what somebody says must not come from within.
    let said = |text: &str| Some(format!("{}: {}", message.sender, text.replace('\n', "\n  ")));
    match message.body() {
        Body::ChatUser(chat) => said(&chat.text),
        Body::ChatDone(done) => said(&done.content),
        _ if message.is_request() => Some(format!("({} is not answered)", message.channel_type)),
        _ => None,
    }
}
