//! What a change leaves behind: an entry in the log, and notifications.

use agentmc_types::{
    ActorType, AgentId, CalendarItem, CalendarItemComment, CommentId, Log, Notification,
    NotificationId, NotificationResponseAction, NotificationType, Object, ResponseActionBody,
    ResponseActionHeaders, ResponseActionMethod, ResponseActionQuery, ResponseActionType,
    SubjectId, Task, TaskComment, TeamId,
};
use serde_json::json;

use super::calendar::party;
use super::{Actor, BrowserMessage, Party, World};

/// What people and agents are told about: a task, or an item of the calendar.
#[derive(Clone, Debug)]
pub(crate) struct About {
    kind: &'static str,
    team: TeamId,
    id: SubjectId,
    title: String,
    assignees: Vec<Party>,
    /// Where comments are posted.
    comments: String,
}

/// A comment on it.
#[derive(Clone, Debug)]
pub(crate) struct Remark {
    id: CommentId,
    body: String,
}

/// What a notification says.
struct News<'a> {
    kind: NotificationType,
    about: &'a About,
    remark: Option<&'a Remark>,
    handle: Option<&'a str>,
    actor: &'a Actor,
}

impl From<&Task> for About {
    fn from(task: &Task) -> Self {
        Self {
            kind: "task",
            team: task.team_id,
            id: SubjectId(task.id.get()),
            title: task.title.clone(),
            assignees: assignee(task).into_iter().collect(),
            comments: format!("/tasks/{}/comments", task.id),
        }
    }
}

impl From<&CalendarItem> for About {
    fn from(item: &CalendarItem) -> Self {
        Self {
            kind: "calendar_item",
            team: item.team_id,
            id: SubjectId(item.id.get()),
            title: item.title.clone(),
            assignees: item.assignees.iter().filter_map(party).collect(),
            comments: format!("/calendar/items/{}/comments", item.id),
        }
    }
}

impl From<&TaskComment> for Remark {
    fn from(comment: &TaskComment) -> Self {
        Self { id: CommentId(comment.id.get()), body: comment.body.clone() }
    }
}

impl From<&CalendarItemComment> for Remark {
    fn from(comment: &CalendarItemComment) -> Self {
        Self { id: CommentId(comment.id.get()), body: comment.body.clone() }
    }
}

impl World {
    /// Enters a change into the team's log.
    pub(crate) fn log(
        &mut self,
        team: TeamId,
        actor: &Actor,
        action: &str,
        subject: u64,
        label: &str,
    ) {
        let now = self.now();
        let subject_type = action.split_once('.').map_or(action, |(subject, _)| subject);
        let entry = |id| {
            let mut entry = Log::new(id, team, action)
                .actor_type(actor.kind.as_str())
                .subject_type(subject_type)
                .subject_id(SubjectId(subject))
                .meta(Object::from_iter([("actor_name", actor.name.as_str()), ("label", label)]))
                .created_at(now);
            entry.actor_id = actor.id;
            entry
        };
        self.logs.add(entry);
    }

    /// Tells somebody, unless it is the one who did it.
    fn notify(&mut self, party: Party, news: &News<'_>) {
        if news.actor.is(party) {
            return;
        }
        let (now, id, about) = (self.now(), NotificationId(self.uuid()), news.about);
        let source = if news.remark.is_some() {
            format!("{}_comment", about.kind)
        } else {
            about.kind.to_owned()
        };
        let mut notification =
            Notification::new(id, news.kind.clone(), source, message(news), false)
                .team_id(about.team)
                .subject_type(about.kind)
                .subject_id(about.id)
                .subject_label(about.title.as_str())
                .actor_type(news.actor.kind.as_str())
                .actor_name(news.actor.name.as_str())
                .assignee_type(party.kind())
                .assignee_id(party.id())
                .created_at(now)
                .updated_at(now);
        notification.agent_id = party.agent();
        notification.actor_id = news.actor.id;
        notification.mention_handle = news.handle.map(str::to_owned);
        if let Some(remark) = news.remark {
            notification.comment = Some(remark.body.clone());
            notification.comment_id = Some(remark.id);
            notification.response_action = Some(reply_to(&about.comments, party.agent()));
        }
        if let Some(agent) = notification.agent_id {
            let body = Object::from_iter([("notification", json!(notification))]);
            self.tell_agent(agent, &BrowserMessage::new("notification.created", body));
        }
        self.notifications.push(notification);
    }

    /// Tells whoever it is assigned to now.
    pub(crate) fn notify_assignee(&mut self, about: impl Into<About>, actor: &Actor) {
        let about = about.into();
        for party in &about.assignees {
            let news = News {
                kind: NotificationType::Assignment,
                about: &about,
                remark: None,
                handle: None,
                actor,
            };
            self.notify(*party, &news);
        }
    }

    /// Tells whoever a comment mentions, and whoever the subject is assigned to, but for those in `known`.
    pub(crate) fn notify_of_comment(
        &mut self,
        about: impl Into<About>,
        comment: impl Into<Remark>,
        actor: &Actor,
        known: &[Party],
    ) {
        let (about, remark) = (about.into(), comment.into());
        let mentions = self.mentions(about.team, &remark.body);
        for (party, mention) in mentions.iter().filter(|(party, _)| !known.contains(party)) {
            let handle = Some(mention.handle.as_str());
            let news = News {
                kind: NotificationType::Mention,
                about: &about,
                remark: Some(&remark),
                handle,
                actor,
            };
            self.notify(*party, &news);
        }
        let told = |party: &Party| {
            known.contains(party) || mentions.iter().any(|(other, _)| other == party)
        };
        for party in about.assignees.iter().filter(|party| !told(party)) {
            let news = News {
                kind: NotificationType::Comment,
                about: &about,
                remark: Some(&remark),
                handle: None,
                actor,
            };
            self.notify(*party, &news);
        }
    }
}

/// Who a task is assigned to.
pub(crate) fn assignee(task: &Task) -> Option<Party> {
    let user = task.assigned_to_user_id.map(Party::User);
    user.or_else(|| task.assigned_to_agent_id.map(Party::Agent))
}

fn message(news: &News<'_>) -> String {
    let (name, title) = (&news.actor.name, &news.about.title);
    match news.kind {
        NotificationType::Mention => format!("{name} mentioned you in a comment on \"{title}\"."),
        NotificationType::Assignment => format!("{name} assigned \"{title}\" to you."),
        _ => format!("{name} commented on \"{title}\"."),
    }
}

/// The request that answers a comment.
fn reply_to(path: &str, agent: Option<AgentId>) -> NotificationResponseAction {
    let mut body = ResponseActionBody::new("Write your reply here.");
    let mut action_headers = None;
    let mut action_query = None;
    if let Some(agent) = agent {
        body = body.actor_type(ActorType::Agent).actor_id(agent.get());
        action_headers = Some(ResponseActionHeaders::new().acting_agent(agent));
        action_query = Some(ResponseActionQuery::new().agent_id(agent));
    }
    let mut action = NotificationResponseAction::new(
        ResponseActionType::PostCommentReply,
        ResponseActionMethod::Post,
        path,
        body,
    );
    action.headers = action_headers;
    action.query = action_query;
    action
}
