//! Teams, their people and their plans.

use crate::record::record;
use crate::{Object, TaskAssigneeType, TeamId, UserId};

record! {
    /// A team, in brief.
    pub struct TeamSummary {
        required {
            /// The team's id.
            id: TeamId,
            /// Its name.
            name: String,
        }
    }
}

record! {
    /// A person in a team.
    pub struct TeamMember {
        required {
            /// The person's id.
            id: UserId,
            /// The person's name.
            name: String,
            /// The person's e-mail address.
            email: String,
            /// What a task assigned to this member is assigned to: a person.
            assignee_type: TaskAssigneeType,
            /// The role in the team. Teams may name roles as they like.
            team_role: String,
            /// Whether the person owns the team.
            is_owner: bool,
        }
    }
}

record! {
    /// What a team's plan allows.
    pub struct PlanSummary {
        required {
            /// The plan's key.
            key: String,
            /// Its name, for people.
            label: String,
            /// How many requests a minute are answered.
            rate_limit_per_minute: u64,
            /// How many days the log is kept.
            activity_retention_days: u64,
            /// What is switched on, by name.
            features: Object,
            /// How much there may be of what, by name.
            limits: Object,
        }
        optional {
            /// How many days chats are kept.
            chat_retention_days: u64 => since(V0_3_169),
        }
    }
}
