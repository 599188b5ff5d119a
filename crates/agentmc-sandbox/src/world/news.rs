//! What a change leaves behind: an entry in the log, and notifications.

use agentmc_types::{
    ActorType, AgentId, CommentId, Log, Notification, NotificationId, NotificationResponseAction,
    NotificationType, Object, ResponseActionBody, ResponseActionHeaders, ResponseActionMethod,
    ResponseActionQuery, ResponseActionType, SubjectId, Task, TaskComment, TaskId, TeamId,
};

use super::{Actor, Party, World};

/// What a notification is about.
pub(crate) struct News<'a> {
    pub(crate) kind: NotificationType,
    pub(crate) task: &'a Task,
    pub(crate) comment: Option<&'a TaskComment>,
    pub(crate) handle: Option<&'a str>,
    pub(crate) actor: &'a Actor,
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
    pub(crate) fn notify(&mut self, party: Party, news: &News<'_>) {
        if news.actor.is(party) {
            return;
        }
        let (now, id) = (self.now(), NotificationId(self.uuid()));
        let source = if news.comment.is_some() { "task_comment" } else { "task" };
        let mut notification =
            Notification::new(id, news.kind.clone(), source, message(news), false)
                .team_id(news.task.team_id)
                .subject_type("task")
                .subject_id(SubjectId(news.task.id.get()))
                .subject_label(news.task.title.as_str())
                .actor_type(news.actor.kind.as_str())
                .actor_name(news.actor.name.as_str())
                .assignee_type(party.kind())
                .assignee_id(party.id())
                .created_at(now)
                .updated_at(now);
        notification.agent_id = party.agent();
        notification.actor_id = news.actor.id;
        notification.mention_handle = news.handle.map(str::to_owned);
        if let Some(comment) = news.comment {
            notification.comment = Some(comment.body.clone());
            notification.comment_id = Some(CommentId(comment.id.get()));
            notification.response_action = Some(reply_to(news.task.id, party.agent()));
        }
        self.notifications.push(notification);
    }

    /// Tells whoever a task is assigned to now.
    pub(crate) fn notify_assignee(&mut self, task: &Task, actor: &Actor) {
        if let Some(party) = assignee(task) {
            let news = News {
                kind: NotificationType::Assignment,
                task,
                comment: None,
                handle: None,
                actor,
            };
            self.notify(party, &news);
        }
    }

    /// Tells whoever a comment mentions, but for those in `known`, and whoever the task is assigned to.
    pub(crate) fn notify_of_comment(
        &mut self,
        task: &Task,
        comment: &TaskComment,
        actor: &Actor,
        known: &[Party],
    ) {
        let mentions = self.mentions(task.team_id, &comment.body);
        for (party, mention) in mentions.iter().filter(|(party, _)| !known.contains(party)) {
            let handle = Some(mention.handle.as_str());
            let news = News {
                kind: NotificationType::Mention,
                task,
                comment: Some(comment),
                handle,
                actor,
            };
            self.notify(*party, &news);
        }
        let told = |party: &Party| {
            known.contains(party) || mentions.iter().any(|(other, _)| other == party)
        };
        if let Some(party) = assignee(task).filter(|party| !told(party)) {
            let news = News {
                kind: NotificationType::Comment,
                task,
                comment: Some(comment),
                handle: None,
                actor,
            };
            self.notify(party, &news);
        }
    }
}

/// Who a task is assigned to.
pub(crate) fn assignee(task: &Task) -> Option<Party> {
    let user = task.assigned_to_user_id.map(Party::User);
    user.or_else(|| task.assigned_to_agent_id.map(Party::Agent))
}

fn message(news: &News<'_>) -> String {
    let (name, title) = (&news.actor.name, &news.task.title);
    match news.kind {
        NotificationType::Mention => format!("{name} mentioned you in a comment on \"{title}\"."),
        NotificationType::Assignment => format!("{name} assigned \"{title}\" to you."),
        _ => format!("{name} commented on \"{title}\"."),
    }
}

/// The request that answers a comment.
fn reply_to(task: TaskId, agent: Option<AgentId>) -> NotificationResponseAction {
    let mut body = ResponseActionBody::new("Write your reply here.");
    let mut action_headers = None;
    let mut action_query = None;
    if let Some(agent) = agent {
        body = body.actor_type(ActorType::Agent).actor_id(agent.get());
        action_headers = Some(ResponseActionHeaders::new().acting_agent(agent));
        action_query = Some(ResponseActionQuery::new().agent_id(agent));
    }
    let path = format!("/tasks/{task}/comments");
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
