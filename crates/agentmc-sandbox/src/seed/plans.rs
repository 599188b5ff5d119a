//! The calendar, the briefs and the recurring tasks of a new world.

use agentmc_types::{
    AgentId, BriefEntrySummary, CalendarAssigneeRole, CalendarItem, CalendarItemPriority,
    CalendarItemStatus, CalendarItemType, CalendarItemVisibility, Object, RecurringBriefSummary,
    TeamId, UserId,
};

use super::{AGE, DAY, HOUR};
use crate::world::{BriefEntry, Party, RecurringTask, World};

/// What agents do again and again, and after how many seconds.
const DUTIES: [(&str, u32); 3] = [
    ("Look at the boards, and remind whoever has a task that is overdue.", 60 * 60),
    ("Check that the nightly backup is there, and say how large it is.", 24 * 60 * 60),
    ("Sum up what happened in the log since the last time.", 4 * 60 * 60),
];

/// Adds to a team what it has planned, and what its agents report and do. The clock shows when the world was made.
pub(super) fn add(world: &mut World, team: TeamId, users: &[UserId], agents: &[AgentId]) {
    let (Some(user), Some(agent)) = (users.first().copied(), agents.first().copied()) else {
        return;
    };
    for (title, days, hours) in [("Weekly planning", 1, 1), ("Release", 5, 2), ("Review", 20, 1)] {
        let start = AGE + days * DAY;
        let (start, end) = (world.after(start), world.after(start + hours * HOUR));
        let mut event = item(world, team, CalendarItemType::Event, title, user);
        event.start_at = Some(start);
        event.end_at = Some(end);
        event.location = Some("Meeting room".to_owned());
        add_item(world, event, &[Party::User(user), Party::Agent(agent)]);
    }
    let mut task = item(world, team, CalendarItemType::Task, "Renew the certificate", user);
    task.due_at = Some(world.after(AGE + 10 * DAY));
    task.status = Some(CalendarItemStatus::Todo);
    task.priority = Some(CalendarItemPriority::High);
    add_item(world, task, &[Party::Agent(agent)]);

    add_brief(world, team, agent);
    for (agent, (prompt, every_seconds)) in agents.iter().zip(DUTIES) {
        let (agent_id, next_at) = (*agent, world.after(AGE));
        let prompt = prompt.to_owned();
        world.recurring_tasks.add(|id| RecurringTask {
            id,
            team_id: team,
            agent_id,
            prompt,
            every_seconds,
            next_at,
        });
    }
}

fn item(
    world: &World,
    team: TeamId,
    kind: CalendarItemType,
    title: &str,
    user: UserId,
) -> CalendarItem {
    CalendarItem::new(0, team, kind, title, false, CalendarItemVisibility::Team, Vec::new())
        .timezone("Europe/Vienna")
        .created_by(user)
        .updated_by(user)
        .created_at(world.now())
        .updated_at(world.now())
}

/// Adds an item. The first of the parties answers for it.
fn add_item(world: &mut World, mut item: CalendarItem, parties: &[Party]) {
    for (index, party) in parties.iter().enumerate() {
        let role = if index == 0 {
            CalendarAssigneeRole::Owner
        } else {
            CalendarAssigneeRole::Collaborator
        };
        let assignment = world.assignment(*party, Some(role));
        item.assignees.push(assignment);
    }
    world.calendar.add(|id| {
        item.id = id;
        item
    });
}

fn add_brief(world: &mut World, team: TeamId, agent: AgentId) {
    const NAME: &str = "Daily report";
    const TIMEZONE: &str = "Europe/Vienna";
    const HEADLINE: &str = "A quiet day";
    const TEXT: &str = "Two tasks were finished. Nothing is blocked.";
    let now = world.now();
    let sections = vec![Object::from_iter([("name", "Finished")])];
    let brief = world.briefs.add(|id| {
        RecurringBriefSummary::new(id, team, NAME, TIMEZONE, sections.clone())
            .agent_id(agent)
            .external_key("daily-report")
            .headline(HEADLINE)
            .content_markdown(TEXT)
            .received_at(now)
            .generated_at(now)
            .created_at(now)
            .updated_at(now)
    });
    world.brief_entries.add(|id| {
        let entry = BriefEntrySummary::new(id, NAME, TIMEZONE, sections)
            .agent_id(agent)
            .headline(HEADLINE)
            .content_markdown(TEXT)
            .received_at(now)
            .generated_at(now)
            .created_at(now)
            .updated_at(now);
        BriefEntry { brief_id: brief, entry }
    });
}
