//! How a subscriber stands to its subscription.

use std::task::Poll;

use agentmc_types::{AgentId, RealtimeCloseStatus, SessionId, SignalId};
use bytes::Bytes;

use super::end::End;
use super::mailbox::{Mailbox, MailboxLimits};
use super::options::{Event, HostOptions, SessionOptions};
use crate::api::Api;
use crate::call::Call;
use crate::error::Error;
use crate::ops::hosts::CloseAgentRealtimeSession;

/// What a driver keeps for who listens to one subscription: what waits to be taken, what is known of the
/// session, and as whom to act in it.
///
/// Nothing here waits. Keep it behind a lock, tell it what the machine says of the subscription
/// ([`push`](Self::push), [`handled`](Self::handled), [`caught_up`](Self::caught_up),
/// [`claimed`](Self::claimed)), and wake whoever waits for an answer that was [`Poll::Pending`]. Say so when
/// nobody will tell it anything any more ([`abandon`](Self::abandon)), or they wait for ever.
///
/// ```
/// use std::task::Poll;
///
/// use agentmc_core::realtime::{End, Event, MailboxLimits, SessionOptions, Subscriber};
/// use agentmc_core::{Api, Credential};
///
/// let options = SessionOptions::session(42, "agent-claim:16f4a0c2d9");
/// let mut subscriber = Subscriber::of_session(&options, MailboxLimits::new());
/// assert!(subscriber.take().is_pending(), "wait until something is pushed");
/// assert!(subscriber.poll_session().is_pending(), "publishers wait, too");
///
/// // Output::Claimed, and then the websocket is refused.
/// subscriber.claimed(42.into(), 7.into());
/// subscriber.push(Event::Ended(End::Timeout), None);
/// assert_eq!(subscriber.poll_session(), Poll::Ready(None), "it will never be listened to");
///
/// let Poll::Ready(Some(Event::Ended(end))) = subscriber.take() else { panic!("it has ended") };
/// assert!(subscriber.is_over());
///
/// // Who wants the session closed has to call, since only the subscription is over.
/// let api = Api::new(Credential::api_key("cc_key")?);
/// let call = subscriber.close(&api, Some(end), Some("done"))?.ok_or("it is claimed")?;
/// assert_eq!(call.endpoint().id, "closeAgentRealtimeSession");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Subscriber {
    mailbox: Mailbox,
    /// The agent to act as, if not the configured one.
    agent: Option<AgentId>,
    /// The session as soon as it is claimed, and the agent it is claimed for.
    claim: Option<(SessionId, AgentId)>,
    standing: Standing,
}

/// Whether there is a session to publish to. What is known stays so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    NotYet,
    Session(SessionId),
    Never,
}

impl Subscriber {
    /// Who listens to a session.
    #[must_use]
    pub const fn of_session(options: &SessionOptions, limits: MailboxLimits) -> Self {
        Self::new(limits, options.agent, Standing::NotYet)
    }

    /// Who listens to a host, which has no session to publish to.
    #[must_use]
    pub const fn of_host(options: &HostOptions, limits: MailboxLimits) -> Self {
        Self::new(limits, options.agent, Standing::Never)
    }

    const fn new(limits: MailboxLimits, agent: Option<AgentId>, standing: Standing) -> Self {
        Self { mailbox: Mailbox::new(limits), agent, claim: None, standing }
    }

    /// Takes in an event, and what [`poll_handled`](super::Realtime::poll_handled) says after it. Whether the
    /// subscription is to be paused now, by [`Input::Pause`](super::Input::Pause). Nothing is taken in after
    /// [`Event::Ended`].
    pub fn push(&mut self, event: Event, handled: Option<SignalId>) -> bool {
        match &event {
            Event::Ready(session) => {
                self.claimed(session.id, session.agent_id);
                self.know(Standing::Session(session.id));
            }
            Event::Ended(_) => self.know(Standing::Never),
            _ => {}
        }
        self.mailbox.push(event);
        if let Some(handled) = handled {
            self.mailbox.handled(handled);
        }
        self.mailbox.pause()
    }

    /// What [`Output::Handled`](super::Output::Handled) says.
    pub fn handled(&mut self, id: SignalId) {
        self.mailbox.handled(id);
    }

    /// What [`Output::CaughtUp`](super::Output::CaughtUp) says.
    pub fn caught_up(&mut self, id: SignalId) {
        self.mailbox.caught_up(id);
    }

    /// What [`Output::Claimed`](super::Output::Claimed) says: from now on there is a session to close, though
    /// none to publish to before [`Event::Ready`]. The first claim counts.
    pub fn claimed(&mut self, session: SessionId, agent: AgentId) {
        self.claim.get_or_insert((session, agent));
    }

    /// Says that nobody will push anything any more, as when the driver is gone. What has come may still be
    /// taken.
    pub fn abandon(&mut self) {
        self.know(Standing::Never);
        self.mailbox.abandon();
    }

    /// The next event, if one waits; nothing if none will come. Ask [`resume`](Self::resume) after it.
    #[must_use = "what is taken is taken in by nobody else"]
    pub fn take(&mut self) -> Poll<Option<Event>> {
        match self.mailbox.take() {
            None if !self.mailbox.is_over() => Poll::Pending,
            event => Poll::Ready(event),
        }
    }

    /// Whether the subscription is to be resumed now, by [`Input::Resume`](super::Input::Resume); asked after
    /// an event was taken. It is void if the [mailbox](Mailbox::is_paused) was paused again meanwhile.
    #[must_use = "a subscription that is not resumed stays paused"]
    pub fn resume(&mut self) -> bool {
        self.mailbox.resume()
    }

    /// What waits to be taken, and how far the subscriber has got.
    #[must_use]
    pub const fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    /// Whether no event waits and none will come.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.mailbox.is_empty() && self.mailbox.is_over()
    }

    /// The session, once it is claimed and listened to, even after the subscription has ended.
    #[must_use]
    pub const fn session(&self) -> Option<SessionId> {
        match self.standing {
            Standing::Session(session) => Some(session),
            Standing::NotYet | Standing::Never => None,
        }
    }

    /// The session to publish to: pending until it is claimed and listened to; nothing if it never will be, as
    /// for hosts. An answer stays so.
    pub const fn poll_session(&self) -> Poll<Option<SessionId>> {
        match self.standing {
            Standing::NotYet => Poll::Pending,
            Standing::Session(_) | Standing::Never => Poll::Ready(self.session()),
        }
    }

    /// The API for calls about the session: as the agent of the options, or else the one `api` acts as, or
    /// else the one the session is claimed for.
    pub fn api(&self, api: &Api) -> Api {
        let claimed = self.claim.map(|(_, agent)| agent).filter(|_| api.agent().is_none());
        let api = api.clone();
        match self.agent.or(claimed) {
            Some(agent) => api.acting_as(agent),
            None => api,
        }
    }

    /// What is left to do for a session to be closed, asked once the subscription has ended after
    /// [`Input::Close`](super::Input::Close): a call, whose result is for [`closed`](Self::closed), or nothing
    /// if the session is over or was never claimed. `end` is how it ended, unless the subscriber took that
    /// before or nobody said.
    ///
    /// # Errors
    ///
    /// When the service did not close the session though it was asked to, or refused to let it be claimed.
    /// When the reason has more than 500 characters.
    pub fn close(
        &self,
        api: &Api,
        end: Option<End>,
        reason: Option<&str>,
    ) -> Result<Option<Call>, Error> {
        let session = match (end, self.claim) {
            (Some(End::NotClosed(error)), _) => return Err(error),
            _ if self.mailbox.is_session_over() => return Ok(None),
            (Some(End::Taken(error) | End::Refused(error)), None) => return Err(error),
            (_, None) => return Ok(None),
            (_, Some((session, _))) => session,
        };
        let mut close = CloseAgentRealtimeSession::new(session).status(RealtimeCloseStatus::Closed);
        if let Some(reason) = reason {
            close = close.reason(reason);
        }
        Ok(Some(self.api(api).call(&close)?))
    }

    /// What came of the call that [`close`](Self::close) gave: a session that is gone is closed.
    ///
    /// # Errors
    ///
    /// Any other error of the call.
    pub fn closed(result: Result<http::Response<Bytes>, Error>) -> Result<(), Error> {
        match result {
            Err(error) => match End::of(error) {
                End::Taken(error) | End::Refused(error) => Err(error),
                _ => Ok(()),
            },
            Ok(_) => Ok(()),
        }
    }

    fn know(&mut self, standing: Standing) {
        if self.standing == Standing::NotYet {
            self.standing = standing;
        }
    }
}
