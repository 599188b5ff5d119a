//! Realtime: sessions between browsers and agents, and the signals that travel in them.

use crate::record::record;
use crate::text_enum::text_enum;
use crate::{AgentId, Object, SessionId, SignalId, TeamId, Timestamp, UserId};

text_enum! {
    /// How a realtime session stands.
    pub enum RealtimeSessionStatus {
        /// Somebody asked for it; no agent has claimed it.
        Requested = "requested",
        /// An agent has claimed it.
        Claimed = "claimed",
        /// Signals have travelled in it.
        Active = "active",
        /// It has ended.
        Closed = "closed",
        /// It has broken down.
        Failed = "failed",
        /// It ended because nobody used it.
        Expired = "expired",
    }
}

text_enum! {
    /// How to close a realtime session.
    pub enum RealtimeCloseStatus {
        /// It has served its purpose.
        Closed = "closed",
        /// It has broken down.
        Failed = "failed",
    }
}

text_enum! {
    /// Who sent a signal.
    pub enum SignalSender {
        /// The agent.
        Agent = "agent",
        /// The browser.
        Browser = "browser",
        /// The service itself.
        System = "system",
    }
}

record! {
    /// The server to open a websocket to. It speaks the Pusher protocol.
    pub struct HostRealtimeSocketConnection {
        required {
            /// The key of the application, which is part of the websocket's URL.
            key: String,
            /// The host's name.
            host: String,
        }
        optional {
            /// The software that serves it, such as `reverb`.
            driver: String,
            /// The cluster. Plays no part, since `host` is given.
            cluster: String,
            /// The port; 0 or less, or none, stands for the scheme's own.
            port: i64,
            /// `http` or `ws` without TLS; anything else, or none, with TLS.
            scheme: String,
            /// What the path of the websocket's URL starts with; often empty.
            path: String,
        }
    }
}

record! {
    /// Where signals are pushed: a server, a channel on it, and the event to listen for.
    pub struct HostRealtimeSocketPayload {
        required {
            /// The server.
            connection: HostRealtimeSocketConnection,
            /// The channel to subscribe to.
            channel: String,
        }
        optional {
            /// The event that carries signals. Left out, it is `agent.realtime.signal` on the channel of a
            /// session and `agent.realtime.host.session.requested` on that of a host.
            event: String,
            /// Where a browser would have its subscription signed. Agents use an operation of the API.
            auth_endpoint: String,
        }
    }
}

record! {
    /// A conversation between a browser and an agent.
    pub struct AgentRealtimeSession {
        required {
            /// The session's id.
            id: SessionId,
            /// The team it belongs to.
            team_id: TeamId,
            /// The agent it is with.
            agent_id: AgentId,
            /// How it stands.
            status: RealtimeSessionStatus,
        }
        nullable {
            /// The person who asked for it; null if the service did.
            requested_by_user_id: UserId,
            /// When an agent claimed it.
            claimed_at: Timestamp,
            /// When the first signal travelled.
            opened_at: Timestamp,
            /// When it ended.
            closed_at: Timestamp,
            /// When it ends by itself, unless somebody uses it.
            expires_at: Timestamp,
            /// When the browser was last heard from.
            last_browser_heartbeat_at: Timestamp,
            /// When the agent was last heard from.
            last_agent_heartbeat_at: Timestamp,
            /// What else is known about it, such as who claimed it.
            meta: Object,
            /// When it was asked for.
            created_at: Timestamp,
            /// When it was last changed.
            updated_at: Timestamp,
        }
        optional {
            /// Where its signals are pushed. Only answers to its agent have it.
            socket: HostRealtimeSocketPayload,
        }
    }
}

record! {
    /// A message in a realtime session, as it is stored and as it is pushed.
    pub struct AgentRealtimeSignal {
        required {
            /// The signal's id. Ids grow, but do not count without gaps within a session.
            id: SignalId,
            /// The session it travels in.
            session_id: SessionId,
            /// Who sent it.
            sender: SignalSender,
            /// What it is, such as `message` or `close`.
            kind = "type": String,
        }
        nullable {
            /// What it says.
            payload: Object,
            /// When it was sent.
            created_at: Timestamp,
        }
        optional {
            /// The team the session belongs to. Pushed signals do not have it.
            team_id: TeamId,
            /// The agent the session is with. Pushed signals do not have it.
            agent_id: AgentId,
            /// When it was last changed. Pushed signals do not have it.
            updated_at: Timestamp,
        }
    }
}

record! {
    /// Some signals of a session, by ascending id.
    pub struct AgentRealtimeSignalsResponse {
        required {
            /// The signals.
            data: Vec<AgentRealtimeSignal>,
            /// The session.
            session: AgentRealtimeSession,
        }
    }
}

record! {
    /// A signal that was sent.
    pub struct AgentRealtimeSignalResponse {
        required {
            /// The signal, as it was stored.
            data: AgentRealtimeSignal,
            /// The session.
            session: AgentRealtimeSession,
        }
    }
}

record! {
    /// Leave to subscribe to a channel.
    pub struct AgentRealtimeSocketAuthResponse {
        required {
            /// What to show the websocket's server, as it is.
            auth: String,
        }
    }
}
