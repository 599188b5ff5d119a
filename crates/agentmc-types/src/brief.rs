//! Briefs: reports that agents write again and again under one key.

use crate::record::record;
use crate::schema::Pattern;
use crate::{
    AgentId, BriefEntryId, BriefId, Object, TeamFileAttachment, TeamId, Timestamp, UserId,
};

record! {
    /// One entry of a brief: what an agent reported at one time.
    pub struct BriefEntrySummary {
        required {
            /// The entry's id.
            id: BriefEntryId,
            /// The brief's name when the entry was written.
            name: String,
            /// The time zone the entry speaks in, such as `Europe/Vienna`.
            timezone: String,
            /// The parts the brief is meant to have.
            include_sections: Vec<Object>,
        }
        nullable {
            /// The agent that wrote it.
            agent_id: AgentId,
            /// The id its writer gave it.
            external_id: String,
            /// What the brief is about, in a sentence.
            summary: String,
            /// The entry's headline.
            headline: String,
            /// The entry's text, in Markdown.
            content_markdown: String,
            /// The entry's content as data.
            content_json: Object,
            /// What its writer said about where it came from.
            source_meta: Object,
            /// When the service received it.
            received_at: Timestamp,
            /// When its writer wrote it.
            generated_at: Timestamp,
            /// When it was stored.
            created_at: Timestamp,
            /// When it was last changed.
            updated_at: Timestamp,
        }
        defaulted {
            /// The files attached to it.
            attachments: Vec<TeamFileAttachment> => since(V0_3_169),
        }
    }
}

record! {
    /// A brief, with the content of its latest entry.
    pub struct RecurringBriefSummary {
        required {
            /// The brief's id.
            id: BriefId,
            /// The team it belongs to.
            team_id: TeamId,
            /// Its name.
            name: String,
            /// The time zone it speaks in, such as `Europe/Vienna`.
            timezone: String,
            /// The parts it is meant to have.
            include_sections: Vec<Object>,
        }
        nullable {
            /// The agent that writes it.
            agent_id: AgentId,
            /// The key its writer knows it by: entries sent under the same key end up in this brief.
            external_key: String,
            /// The id its writer gave it.
            external_id: String,
            /// What it is about, in a sentence.
            summary: String,
            /// The headline of the latest entry.
            headline: String,
            /// The text of the latest entry, in Markdown.
            content_markdown: String,
            /// The content of the latest entry as data.
            content_json: Object,
            /// What the writer said about where the latest entry came from.
            source_meta: Object,
            /// When the service received the latest entry.
            received_at: Timestamp,
            /// When the writer wrote the latest entry.
            generated_at: Timestamp,
            /// Who has read it; null while it is unread.
            read_by_user_id: UserId,
            /// The latest entry; null while there is none.
            latest_entry_id: BriefEntryId,
            /// How many entries there are.
            entries_count: u64,
            /// The latest entry in full.
            latest_entry: BriefEntrySummary,
            /// When it was made.
            created_at: Timestamp,
            /// When it was last changed.
            updated_at: Timestamp,
        }
        defaulted {
            /// The files attached to the latest entry.
            attachments: Vec<TeamFileAttachment> => since(V0_3_169),
        }
    }
}

record! {
    /// The answer to a brief that was created or updated.
    pub struct AgentBriefResponse {
        required {
            /// The brief as it is now.
            brief: RecurringBriefSummary,
        }
    }
}

record! {
    /// A brief to store: one more entry for the brief with its key, which is made if there is none.
    pub struct StoreBrief {
        required {
            /// The key of the brief: the same key means the same brief. At most 120 characters.
            key: String [max_len(120), pattern(Pattern::Key)],
            /// The brief's name, at most 255 characters.
            name: String [max_len(255)],
            /// The entry's text, in Markdown.
            content_markdown: String,
        }
        clearable {
            /// What the brief is about, in a sentence of at most 255 characters.
            summary: String [max_len(255)],
            /// An id of your own for the entry, at most 191 characters.
            external_id: String [max_len(191)],
            /// The time zone the entry speaks in, such as `Europe/Vienna`.
            timezone: String,
            /// The parts the brief is meant to have.
            sections: Object,
            /// The entry's headline, at most 255 characters.
            headline: String [max_len(255)],
            /// The entry's content as data.
            content_json: Object,
            /// When the entry was written; the service takes the time of arrival otherwise.
            generated_at: Timestamp,
            /// Whatever else you wish to keep with it.
            meta: Object,
        }
    }
}

record! {
    /// Changes to a brief: what is not set stays as it is.
    pub struct UpdateBrief {
        optional {
            /// The new key, at most 120 characters.
            key: String [max_len(120), pattern(Pattern::Key)],
            /// The new name, at most 255 characters.
            name: String [max_len(255)],
        }
        clearable {
            /// What the brief is about, in a sentence of at most 255 characters.
            summary: String [max_len(255)],
            /// An id of your own, at most 191 characters.
            external_id: String [max_len(191)],
            /// The time zone the brief speaks in, such as `Europe/Vienna`.
            timezone: String,
            /// The parts the brief is meant to have.
            sections: Object,
            /// The headline, at most 255 characters.
            headline: String [max_len(255)],
            /// The text, in Markdown.
            content_markdown: String,
            /// The content as data.
            content_json: Object,
            /// When the content was written.
            generated_at: Timestamp,
            /// Whatever else you wish to keep with it.
            meta: Object,
        }
    }
}

record! {
    /// Where a brief comes from.
    pub struct BriefSource {
        clearable {
            /// The agent that wrote it. A host or team key that names no acting agent needs it.
            agent_id: AgentId [min(1)],
            /// Whatever else is known about where it comes from.
            meta: Object,
        }
    }
}
