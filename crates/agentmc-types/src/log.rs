//! The log of what happened in a team.

use crate::record::record;
use crate::{ActorId, LogId, Object, SubjectId, TeamId, Timestamp};

record! {
    /// One thing that happened.
    pub struct Log {
        required {
            /// The entry's id.
            id: LogId,
            /// The team it happened in.
            team_id: TeamId,
            /// What happened, such as `task.created`.
            action: String,
        }
        nullable {
            /// What did it, such as `user`; null if the service itself did.
            actor_type: String,
            /// Who did it, as `actor_type` says.
            actor_id: ActorId,
            /// What it was done to, such as `task`; null if to nothing in particular.
            subject_type: String,
            /// Which one it was done to, as `subject_type` says.
            subject_id: SubjectId,
            /// Details, which differ from action to action.
            meta: Object,
            /// When it happened.
            created_at: Timestamp,
        }
    }
}
