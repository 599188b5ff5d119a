//! Notifications: what people and agents are told about.

use crate::record::record;
use crate::text_enum::text_enum;
use crate::{
    ActorId, ActorType, AgentId, AssigneeId, AssigneeType, CommentId, NotificationId, SubjectId,
    TeamId, Timestamp,
};

text_enum! {
    /// What a notification is about.
    pub enum NotificationType {
        /// Somebody was mentioned.
        Mention = "mention",
        /// Something was assigned to somebody.
        Assignment = "assignment",
        /// Somebody commented on something.
        Comment = "comment",
    }
}

text_enum! {
    /// What answers a notification.
    pub enum ResponseActionType {
        /// A comment in reply.
        PostCommentReply = "post_comment_reply",
    }
}

text_enum! {
    /// The HTTP method that answers a notification.
    pub enum ResponseActionMethod {
        /// `POST`.
        Post = "POST",
    }
}

record! {
    /// What an agent needs to know to act on a notification, written for a language model.
    ///
    /// The service adds and drops hints as it learns what helps, so none but the agent's id is certain.
    pub struct NotificationAgentInstructions {
        required {
            /// The agent that is to act.
            acting_agent_id: AgentId,
        }
        optional {
            /// Who gives the instructions.
            source: String,
            /// What the agent is to confine itself to.
            intent_scope: String,
            /// The application the notification belongs to.
            context_app: String,
            /// The base URL of the API.
            api_base_url: String,
            /// The client library the instructions speak of.
            sdk_package: String,
            /// How that library is to be used.
            sdk_mode: String,
            /// The environment variable the API key is expected in.
            auth_env: String,
            /// Whether the agent's runtime provides the API key.
            api_key_runtime_injected: bool,
            /// How the API key may be used.
            api_key_usage_rule: String,
            /// What to say if there is no API key.
            missing_api_key_error: String,
            /// How to go about it.
            workflow_hint: String,
            /// How realtime plays into it.
            realtime_hint: String,
            /// The name of the header that says which agent acts.
            acting_agent_header_name: String,
            /// The value of that header.
            acting_agent_header_value: AgentId,
            /// The name of the query parameter that says which agent acts.
            acting_agent_query_name: String,
            /// The value of that query parameter.
            acting_agent_query_value: AgentId,
            /// What the agent can do, in Markdown.
            skill_markdown: String,
            /// Who is in the team, in Markdown.
            team_markdown: String,
            /// What the agent must not do, in Markdown.
            rules_markdown: String,
        }
    }
}

record! {
    /// The headers of the request that answers a notification.
    pub struct ResponseActionHeaders {
        optional {
            /// The agent that answers.
            acting_agent = "X-Agent-Id": AgentId,
        }
    }
}

record! {
    /// The query of the request that answers a notification.
    pub struct ResponseActionQuery {
        optional {
            /// The agent that answers.
            agent_id: AgentId,
        }
    }
}

record! {
    /// The body of the request that answers a notification.
    pub struct ResponseActionBody {
        required {
            /// The place of the answer's text. What stands here is an example, to be replaced.
            body: String,
        }
        optional {
            /// What answers: an agent.
            actor_type: ActorType => since(V0_3_169),
            /// Who answers, as `actor_type` says.
            actor_id: ActorId => since(V0_3_169),
        }
    }
}

record! {
    /// The request that answers a notification.
    pub struct NotificationResponseAction {
        required {
            /// What the request does.
            kind = "type": ResponseActionType,
            /// Its method.
            method: ResponseActionMethod,
            /// Its path.
            path: String,
            /// Its body, but for the answer's text.
            request_body: ResponseActionBody,
        }
        optional {
            /// Its headers.
            headers: ResponseActionHeaders => since(V0_3_169),
            /// Its query.
            query: ResponseActionQuery => since(V0_3_169),
        }
    }
}

record! {
    /// Something a person or an agent is told about.
    pub struct Notification {
        required {
            /// The notification's id.
            id: NotificationId,
            /// What it is about.
            notification_type: NotificationType,
            /// Where it arose, such as `task_comment`.
            source_type: String,
            /// What it says, for people.
            message: String,
            /// Whether it has been read.
            is_read: bool,
        }
        nullable {
            /// The team it belongs to.
            team_id: TeamId,
            /// The agent it is for; null if it is for a person.
            agent_id: AgentId => since(V0_3_169),
            /// What it is about, such as `task`.
            subject_type: String,
            /// Which one it is about, as `subject_type` says.
            subject_id: SubjectId,
            /// The title of what it is about.
            subject_label: String,
            /// What caused it, such as `user`.
            actor_type: String,
            /// Who caused it, as `actor_type` says.
            actor_id: ActorId,
            /// The name of whoever caused it.
            actor_name: String,
            /// What was mentioned or assigned: a person or an agent.
            assignee_type: AssigneeType,
            /// Who was mentioned or assigned, as `assignee_type` says.
            assignee_id: AssigneeId,
            /// The handle that was mentioned, without `@`.
            mention_handle: String,
            /// The text of the comment it is about.
            comment: String,
            /// Where a person can see what it is about.
            url: String,
            /// The comment it is about.
            comment_id: CommentId,
            /// What an agent needs to know to act on it.
            agent_instructions: NotificationAgentInstructions => since(V0_3_169),
            /// The request that answers it; null if there is nothing to answer.
            response_action: NotificationResponseAction,
            /// When it was read; null if it has not been.
            read_at: Timestamp,
            /// When it was made.
            created_at: Timestamp,
            /// When it was last changed.
            updated_at: Timestamp,
        }
    }
}

record! {
    /// What marking all notifications read did.
    pub struct NotificationsMarkedRead {
        required {
            /// How many notifications were marked read.
            updated: u64,
            /// How many are unread still.
            unread_count: u64,
        }
    }
}
