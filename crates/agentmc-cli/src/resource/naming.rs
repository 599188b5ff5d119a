//! What the command of an operation is called.
//!
//! An id such as `createBoardColumn` is a verb and a noun. The verb is the last word of the command. The noun says
//! what it is about: one that is the subject's own (`Board` of Boards) is `boards`, one that begins with the subject
//! is below it (`boards columns`), and any other stands for itself.

use agentmc_core::{Endpoint, OPERATIONS};

/// Nouns that people call something else.
const NOUNS: &[(&str, &str)] = &[
    ("AgentBrief", "briefs"),
    ("AgentRealtimeRequestedSession", "sessions"),
    ("AgentRealtimeSession", "sessions"),
    ("AgentRealtimeSignal", "sessions signals"),
    ("AgentRealtimeSocket", "sessions"),
    ("CalendarItem", "calendar"),
    ("DueRecurringTaskRun", "recurring"),
    ("FileFolder", "folders"),
    ("HostRealtimeSocket", "hosts"),
    ("RecurringTaskRun", "recurring"),
    ("TeamMember", "members"),
];

/// Ids that are no verb and noun.
const IDS: &[(&str, &str)] = &[
    ("agentConnectedInstructions", "agents connected-instructions"),
    ("agentHeartbeat", "hosts heartbeat"),
    ("getAgentInstructions", "agents instructions"),
    ("markAllNotificationsRead", "notifications read-all"),
    ("markNotificationRead", "notifications read"),
];

/// Other words for a verb, which people bring from elsewhere.
const OTHER_VERBS: &[(&str, &[&str])] = &[
    ("create", &["add", "new"]),
    ("delete", &["rm", "remove"]),
    ("list", &["ls"]),
    ("show", &["get", "view"]),
    ("update", &["edit", "set"]),
];

/// What the things are, for the overview.
const ABOUT: &[(&str, &str)] = &[
    ("agents", "Agents, their instructions, and connecting new ones"),
    ("boards", "Boards and their columns"),
    ("boards columns", "The columns of boards"),
    ("briefs", "Reports that agents write again and again"),
    ("calendar", "Events and dated tasks, and comments on them"),
    ("files", "Files: upload, download, find, rename"),
    ("files uploads", "Tickets for uploads; `files upload` does all of it"),
    ("folders", "The folders that files lie in"),
    ("hosts", "The machines that agents run on, and their heartbeats"),
    ("logs", "What people, agents and keys did"),
    ("members", "The people of the team"),
    ("notifications", "Mentions, assignments and comments to see"),
    ("recurring", "Runs of recurring tasks"),
    ("sessions", "Realtime sessions with browsers"),
    ("sessions signals", "What is said in realtime sessions"),
    ("tasks", "Tasks on boards, and the comments on them"),
    ("tasks comments", "The comments on tasks"),
];

/// The command of an operation: a resource of one word or two, and a verb.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    pub(crate) endpoint: &'static Endpoint,
    pub(crate) resource: String,
    pub(crate) verb: String,
}

impl Name {
    /// The name of an operation's command.
    pub(crate) fn of(endpoint: &'static Endpoint) -> Self {
        if let Some((_, path)) = IDS.iter().find(|(id, _)| *id == endpoint.id) {
            let (resource, verb) = path.rsplit_once(' ').unwrap_or((path, "show"));
            return Self { endpoint, resource: resource.to_owned(), verb: verb.to_owned() };
        }
        let verb_end = endpoint.id.find(char::is_uppercase).unwrap_or(endpoint.id.len());
        let (verb, noun) = endpoint.id.split_at(verb_end);
        let resource = resource(noun, endpoint.tag.as_str());
        Self { endpoint, resource, verb: verb.to_owned() }
    }

    /// The words of the command, after `agentmc`.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.resource.split(' ').chain([&*self.verb])
    }

    /// The command, such as `agentmc tasks list`.
    pub(crate) fn command(&self) -> String {
        format!("agentmc {} {}", self.resource, self.verb)
    }

    /// Other words for its verb.
    pub(crate) fn other_verbs(&self) -> impl Iterator<Item = &'static str> {
        let known = OTHER_VERBS.iter().find(|(verb, _)| *verb == self.verb);
        let moves = (self.endpoint.id == "updateTask").then_some("move");
        known.into_iter().flat_map(|(_, others)| others.iter().copied()).chain(moves)
    }
}

fn resource(noun: &str, tag: &str) -> String {
    let one = noun.strip_suffix('s').unwrap_or(noun);
    if let Some((_, resource)) = NOUNS.iter().find(|(known, _)| *known == one) {
        return (*resource).to_owned();
    }
    let subject = tag.strip_suffix('s').unwrap_or(tag);
    match one.strip_prefix(subject) {
        Some("") => tag.to_ascii_lowercase(),
        Some(part) => format!("{} {}s", tag.to_ascii_lowercase(), part.to_ascii_lowercase()),
        None => format!("{}s", one.to_ascii_lowercase()),
    }
}

/// Every name, by resource and in the order people meet the verbs.
pub(crate) fn names() -> impl Iterator<Item = Name> {
    const ORDER: &[&str] = &["list", "show", "create", "update", "delete"];
    let mut names: Vec<Name> = OPERATIONS.iter().map(|endpoint| Name::of(endpoint)).collect();
    let rank = |verb: &str| ORDER.iter().position(|known| *known == verb).unwrap_or(ORDER.len());
    names.sort_by(|a, b| {
        (&a.resource, rank(&a.verb), &a.verb).cmp(&(&b.resource, rank(&b.verb), &b.verb))
    });
    names.into_iter()
}

/// What a resource is.
pub(crate) fn about(resource: &str) -> &'static str {
    ABOUT.iter().find(|(known, _)| *known == resource).map_or("", |(_, about)| about)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{ABOUT, IDS, NOUNS, Name, about, names};
    use agentmc_core::OPERATIONS;

    #[test]
    fn every_operation_has_a_command_of_its_own() {
        let commands: BTreeSet<String> = names().map(|name| name.command()).collect();
        assert_eq!(commands.len(), OPERATIONS.len());
        let plain = |word: &str| word.chars().all(|char| char.is_ascii_lowercase() || char == '-');
        for name in names() {
            assert!(name.words().all(plain), "{}", name.command());
            assert!((2..=3).contains(&name.words().count()), "{}", name.command());
        }
    }

    #[test]
    fn the_names_are_those_people_try_first() {
        let command = |id: &str| {
            let endpoint = OPERATIONS.iter().find(|endpoint| endpoint.id == id);
            endpoint.map(|endpoint| Name::of(endpoint).command()).unwrap_or_default()
        };
        for (id, expected) in [
            ("listTasks", "agentmc tasks list"),
            ("createTaskComment", "agentmc tasks comments create"),
            ("updateBoardColumn", "agentmc boards columns update"),
            ("listCalendar", "agentmc calendar list"),
            ("commentCalendarItem", "agentmc calendar comment"),
            ("listAgentBriefs", "agentmc briefs list"),
            ("downloadFile", "agentmc files download"),
            ("createFileUpload", "agentmc files uploads create"),
            ("listFileFolders", "agentmc folders list"),
            ("listTeamMembers", "agentmc members list"),
            ("listAgents", "agentmc agents list"),
            ("connectAgent", "agentmc agents connect"),
            ("markNotificationRead", "agentmc notifications read"),
            ("listDueRecurringTaskRuns", "agentmc recurring list"),
            ("completeRecurringTaskRun", "agentmc recurring complete"),
            ("claimAgentRealtimeSession", "agentmc sessions claim"),
            ("authenticateAgentRealtimeSocket", "agentmc sessions authenticate"),
            ("authenticateHostRealtimeSocket", "agentmc hosts authenticate"),
        ] {
            assert_eq!(command(id), expected);
        }
    }

    #[test]
    fn every_resource_is_explained_and_no_exception_is_left_over() {
        let resources: BTreeSet<String> = names().map(|name| name.resource).collect();
        let explained: BTreeSet<String> =
            ABOUT.iter().map(|(resource, _)| (*resource).to_owned()).collect();
        assert_eq!(resources, explained);
        assert!(resources.iter().all(|resource| !about(resource).is_empty()));
        for (id, _) in IDS {
            assert!(OPERATIONS.iter().any(|endpoint| endpoint.id == *id), "{id}");
        }
        for (noun, _) in NOUNS {
            let ends = |id: &str| id.trim_end_matches('s').ends_with(noun);
            assert!(OPERATIONS.iter().any(|endpoint| ends(endpoint.id)), "{noun}");
        }
    }

    #[test]
    fn other_verbs_are_not_taken() {
        for name in names() {
            let taken: Vec<String> = names()
                .filter(|other| other.resource == name.resource)
                .map(|other| other.verb)
                .collect();
            assert!(name.other_verbs().all(|verb| taken.iter().all(|taken| taken != verb)));
        }
    }
}
