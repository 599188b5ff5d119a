//! The calendar: who is in an item, and when it is.

use agentmc_types::{
    AgentId, AssigneeId, AssigneeType, CalendarAssigneeRole, CalendarItem, CalendarItemAssignee,
    CalendarItemAssigneeId, CalendarItemComment, CalendarItemId, TeamId, Timestamp, UserId,
};

use serde::{Deserialize, Serialize};

use super::{Party, World};

/// A comment on a calendar item.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CalendarComment {
    /// The item it is on.
    pub item_id: CalendarItemId,
    /// The comment.
    pub comment: CalendarItemComment,
}

impl World {
    /// The person or agent, if in the team.
    pub(crate) fn party(&self, team: TeamId, kind: &AssigneeType, id: AssigneeId) -> Option<Party> {
        let party = named(kind, id)?;
        self.name_of(team, party).map(|_| party)
    }

    /// The name of a person or an agent of the team.
    pub(crate) fn name_of(&self, team: TeamId, party: Party) -> Option<&str> {
        match party {
            Party::User(user) => self.member(team, user).map(|member| member.name.as_str()),
            Party::Agent(agent) => self.agent(team, agent).map(|agent| agent.name.as_str()),
        }
    }

    /// An assignment of a calendar item, with an id of its own.
    pub(crate) fn assignment(
        &mut self,
        party: Party,
        role: Option<CalendarAssigneeRole>,
    ) -> CalendarItemAssignee {
        self.last_assignment += 1;
        let id = CalendarItemAssigneeId(self.last_assignment);
        let mut assignment =
            CalendarItemAssignee::new(id, party.kind(), party.id()).created_at(self.now());
        assignment.role = role;
        assignment
    }
}

/// Who takes part.
pub(crate) fn party(assignee: &CalendarItemAssignee) -> Option<Party> {
    named(&assignee.assignee_type, assignee.assignee_id)
}

fn named(kind: &AssigneeType, id: AssigneeId) -> Option<Party> {
    match kind {
        AssigneeType::User => Some(Party::User(UserId(id.get()))),
        AssigneeType::Agent => Some(Party::Agent(AgentId(id.get()))),
        _ => None,
    }
}

/// The first and the last moment of an item; `None` if it has no date.
pub(crate) fn span(item: &CalendarItem) -> Option<(Timestamp, Timestamp)> {
    let start = item.start_at.or(item.due_at).or(item.end_at)?;
    Some((start, item.end_at.or(item.due_at).unwrap_or(start).max(start)))
}
