//! Hosts: the machines that run agents, their heartbeats, and realtime sessions with browsers.

use agentmc_types::{
    AgentHeartbeatResponse, AgentRealtimeSession, AgentRealtimeSignalResponse,
    AgentRealtimeSignalsResponse, AgentRealtimeSocketAuthResponse, HeartbeatAgent, HeartbeatHost,
    HeartbeatHostAgent, HeartbeatMeta, Host, HostDetailResponse, HostId, HostRuntimeCommandUpdate,
    Nullable, Object, OnlineStatus, RealtimeCloseStatus, Secret, SessionId, SignalId, SignalSender,
};

use crate::operation;
use crate::reply::{Data, Page, Whole};
use crate::schema::Pattern;

operation! {
    /// Reports that a host and its agents are alive, and fetches what the host is to do next.
    ///
    /// Send it again after `defaults.heartbeat_interval_seconds` of the reply. Carry out the reply's
    /// `host_runtime_commands` and report them in `host_runtime_updates` of the next heartbeat.
    /// `host_realtime` says where to listen for new realtime sessions; null takes that away.
    ///
    /// An agent without an id is found, or made, by its identity. Agents over the plan's limit are
    /// ignored without an error; from 0.3.169 on other plan limits are refused with 402. Revision
    /// 0.1.1 addresses one agent, requires no part of the body, and takes any members in `meta`.
    pub struct AgentHeartbeat -> Whole<AgentHeartbeatResponse>;

    POST "agentHeartbeat" Hosts idempotent {
        V0_1_1 => "/agents/{agent}/heartbeat" KEY_OR_BEARER 200 [401, 403, 404, 422],
        V0_3_64 => "/agents/heartbeat" KEY 200 [401, 403, 404, 422],
        V0_3_169 => "/hosts/heartbeat" KEY 200 [401, 402, 403, 404, 422],
    }

    body? {
        /// Whether the agent is online.
        status: OnlineStatus => until(V0_1_1),
        /// The runtime of the agents: its version, its models, and how much of its limits is used.
        meta: HeartbeatMeta => required_since(V0_3_64),
        /// The machine itself, known by its fingerprint.
        host: HeartbeatHost => required_since(V0_3_64),
        /// The one agent this heartbeat is about. Null, from 0.3.169 on, when `agents` tells of them or
        /// when there is none.
        agent: Nullable<HeartbeatAgent> => required_since(V0_3_64).null_since(V0_3_169),
        /// The agents of the host, when it runs several: at least one.
        agents: Vec<HeartbeatHostAgent> [min_items(1)] => since(V0_3_169),
        /// How the commands of earlier replies ended.
        host_runtime_updates: Vec<HostRuntimeCommandUpdate> => since(V0_3_169),
    }

    header {
        /// The fingerprint of the host, the same as in `host`: 64 to 128 letters, digits, dots,
        /// underscores and hyphens.
        host_fingerprint = "X-Host-Fingerprint": String [min_len(64), max_len(128), pattern(Pattern::Fingerprint)],
    }
}

operation! {
    /// Lists the hosts of the team.
    ///
    /// A page at a time. `showHost` gives one host with its agents.
    pub struct ListHosts -> Page<Host>;

    GET "listHosts" Hosts {
        V0_1_1 => "/hosts" KEY_OR_BEARER 200 [401, 403],
        V0_3_64 => "/hosts" KEY_OR_COOKIE 200 [401, 403],
        V0_3_169 => "/hosts" KEY_OR_COOKIE 200 [401, 403],
    }

    query {
        /// The hosts on a page, 1 to 100.
        per_page: u32 [range(1, 100)],
        /// Only hosts that are online, or only those that are offline.
        status: OnlineStatus,
        /// Only hosts that match this text, at most 255 characters.
        search: String [max_len(255)],
        /// The page to list, from 1. Left out, the first.
        page: u32 [min(1)],
    }
}

operation! {
    /// Shows one host and the agents on it.
    ///
    /// Only the first page of agents comes with the host; `agents_meta` tells how many there are.
    pub struct ShowHost -> Whole<HostDetailResponse>;

    GET "showHost" Hosts {
        V0_1_1 => "/hosts/{id}" KEY_OR_BEARER 200 [401, 403, 404],
        V0_3_64 => "/hosts/{id}" KEY_OR_COOKIE 200 [401, 403, 404],
        V0_3_169 => "/hosts/{id}" KEY_OR_COOKIE 200 [401, 403, 404],
    }

    path {
        /// The host to show.
        id: HostId [min(1)],
    }

    query {
        /// The most agents to show, 1 to 100.
        agents_per_page: u32 [range(1, 100)],
    }
}

operation! {
    /// Lists the realtime sessions that wait for an agent to claim them.
    ///
    /// A host key without an acting agent sees the sessions of all its agents. Claim sessions that a
    /// user asked for first, then the newest. The list is not paginated.
    pub struct ListAgentRealtimeRequestedSessions -> Data<Vec<AgentRealtimeSession>>;

    GET "listAgentRealtimeRequestedSessions" Hosts agent_scoped {
        V0_1_1 => "/agents/{agent}/realtime/sessions/requested" KEY_OR_BEARER 200 [401, 403, 404, 422],
        V0_3_64 => "/agents/realtime/sessions/requested" KEY 200 [401, 403, 404, 422],
        V0_3_169 => "/hosts/realtime/sessions/requested" KEY 200 [401, 403, 404, 422],
    }

    query {
        /// The most sessions to answer with, 1 to 100.
        limit: u32 [range(1, 100)],
    }
}

operation! {
    /// Claims a requested realtime session for this host, or for one of its agents.
    ///
    /// The first claimant wins; a later one is refused with 409. From 0.3.169 on, claiming again with
    /// the same owner token succeeds. The session of the reply has the socket to listen on.
    pub struct ClaimAgentRealtimeSession -> Data<AgentRealtimeSession>;

    POST "claimAgentRealtimeSession" Hosts idempotent agent_scoped {
        V0_1_1 => "/agents/{agent}/realtime/sessions/{session}/claim" KEY_OR_BEARER 200 [401, 403, 404, 409],
        V0_3_64 => "/agents/realtime/sessions/{session}/claim" KEY 200 [401, 403, 404, 409],
        V0_3_169 => "/hosts/realtime/sessions/{session}/claim" KEY 200 [401, 403, 404, 409, 422],
    }

    path {
        /// The session to claim.
        session: SessionId [min(1)],
    }

    body? {
        /// Proves to later calls that this claimant owns the session: 16 to 128 letters, digits,
        /// colons, underscores and hyphens. Choose a random one, and keep it to claim the session
        /// again after a restart.
        owner_token: Secret [min_len(16), max_len(128), pattern(Pattern::OwnerToken)] => since(V0_3_169).required(),
    }
}

operation! {
    /// Closes a realtime session.
    ///
    /// Refused with 409 when the state of the session conflicts, such as when another owner holds it.
    pub struct CloseAgentRealtimeSession -> Data<AgentRealtimeSession>;

    POST "closeAgentRealtimeSession" Hosts idempotent agent_scoped {
        V0_1_1 => "/agents/{agent}/realtime/sessions/{session}/close" KEY_OR_BEARER 200 [401, 403, 404, 409, 422],
        V0_3_64 => "/agents/realtime/sessions/{session}/close" KEY 200 [401, 403, 404, 409, 422],
        V0_3_169 => "/hosts/realtime/sessions/{session}/close" KEY 200 [401, 403, 404, 409, 422],
    }

    path {
        /// The session to close.
        session: SessionId [min(1)],
    }

    body? {
        /// Why it is closed, at most 500 characters.
        reason: Nullable<String> [max_len(500)],
        /// Whether it ended well or failed.
        status: Nullable<RealtimeCloseStatus>,
        /// Anything to tell the other side at the end.
        payload: Nullable<Object>,
    }
}

operation! {
    /// Lists the signals of a realtime session in ascending order of their ids.
    ///
    /// Not paginated by numbers: ask again with `after_id` set to the last id until fewer than
    /// `limit` signals come back. Ids grow, but need not be consecutive. The reply has the session as
    /// well. From 0.3.169 on refused with 409 when another owner holds the session.
    pub struct ListAgentRealtimeSignals -> Whole<AgentRealtimeSignalsResponse>;

    GET "listAgentRealtimeSignals" Hosts agent_scoped {
        V0_1_1 => "/agents/{agent}/realtime/sessions/{session}/signals" KEY_OR_BEARER 200 [401, 403, 404, 422],
        V0_3_64 => "/agents/realtime/sessions/{session}/signals" KEY 200 [401, 403, 404, 422],
        V0_3_169 => "/hosts/realtime/sessions/{session}/signals" KEY 200 [401, 403, 404, 409, 422],
    }

    path {
        /// The session whose signals to list.
        session: SessionId [min(1)],
    }

    query {
        /// Only signals with a greater id than this one. 0 lists them from the beginning.
        after_id: SignalId,
        /// The most signals to answer with, 1 to 200.
        limit: u32 [range(1, 200)],
        /// Leaves out the signals of this sender. 0.3.169 no longer has it: filter the reply instead.
        exclude_sender: SignalSender => until(V0_3_64),
    }
}

operation! {
    /// Sends a signal to the other side of a realtime session.
    ///
    /// Repeating it sends it twice: after a failure that leaves open whether it arrived, look for it
    /// with `listAgentRealtimeSignals` first. Refused with 409 when the state of the session
    /// conflicts, such as when another owner holds it.
    pub struct CreateAgentRealtimeSignal -> Whole<AgentRealtimeSignalResponse>;

    POST "createAgentRealtimeSignal" Hosts agent_scoped {
        V0_1_1 => "/agents/{agent}/realtime/sessions/{session}/signals" KEY_OR_BEARER 200 [401, 403, 404, 409, 422],
        V0_3_64 => "/agents/realtime/sessions/{session}/signals" KEY 200 [401, 403, 404, 409, 422],
        V0_3_169 => "/hosts/realtime/sessions/{session}/signals" KEY 200 [401, 403, 404, 409, 422],
    }

    path {
        /// The session to send in.
        session: SessionId [min(1)],
    }

    body {
        /// The type of the signal: at most 64 letters, digits, underscores, dots, colons and hyphens.
        /// `message` carries all application traffic.
        kind = "type": String [max_len(64), pattern(Pattern::Key)],
    }

    body? {
        /// The content of the signal.
        payload: Nullable<Object>,
    }
}

operation! {
    /// Signs a websocket's subscription to the channel of a realtime session.
    ///
    /// The `auth` of the reply goes into the subscription as it is. It holds for this socket and this
    /// channel alone: a socket that reconnects has a new id and needs a new signature.
    pub struct AuthenticateAgentRealtimeSocket -> Whole<AgentRealtimeSocketAuthResponse>;

    POST "authenticateAgentRealtimeSocket" Hosts idempotent agent_scoped {
        V0_1_1 => "/agents/{agent}/realtime/sessions/{session}/socket-auth" KEY_OR_BEARER 200 [401, 403, 404, 409, 422],
        V0_3_64 => "/agents/realtime/sessions/{session}/socket-auth" KEY 200 [401, 403, 404, 409, 422],
        V0_3_169 => "/hosts/realtime/sessions/{session}/socket-auth" KEY 200 [401, 403, 404, 409, 422],
    }

    path {
        /// The session whose channel to subscribe to.
        session: SessionId [min(1)],
    }

    body {
        /// The id the server gave the websocket: digits, a dot, digits; at most 100 characters.
        socket_id: String [max_len(100), pattern(Pattern::SocketId)],
        /// The channel, as the session's socket names it: at most 190 characters.
        channel_name: String [max_len(190)],
    }
}

operation! {
    /// Signs a websocket's subscription to the channel of a host.
    ///
    /// On that channel the host hears of new realtime sessions for any of its agents. The `auth` of
    /// the reply goes into the subscription as it is and holds for this socket and this channel alone.
    pub struct AuthenticateHostRealtimeSocket -> Whole<AgentRealtimeSocketAuthResponse>;

    POST "authenticateHostRealtimeSocket" Hosts idempotent {
        V0_3_169 => "/hosts/realtime/socket-auth" KEY 200 [401, 403, 404, 409, 422],
    }

    body {
        /// The id the server gave the websocket: digits, a dot, digits; at most 100 characters.
        socket_id: String [max_len(100), pattern(Pattern::SocketId)],
        /// The channel, as `host_realtime` of a heartbeat names it: at most 190 characters.
        channel_name: String [max_len(190)],
    }
}
