//! The content of messages, by channel type.

use std::borrow::Cow;

use agentmc_types::Notification;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{ChannelType, Message};
use crate::realtime::json::{Json, Loose, object, text};

/// The content of a message. Texts that are absent are empty where they must be there, and nothing elsewhere.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Body<'a> {
    /// Somebody talks to the agent.
    ChatUser(ChatUser<'a>),
    /// The browser asks for the agent's files.
    SnapshotRequest(SnapshotRequest<'a>),
    /// The browser saves a file.
    FileSave(FileSave<'a>),
    /// The browser deletes a file.
    FileDelete(FileDelete<'a>),
    /// The browser changes the agent's profile.
    ProfileUpdate(ProfileUpdate<'a>),
    /// A part of an answer.
    ChatDelta(ChatDelta<'a>),
    /// An answer, or why there is none.
    ChatDone(ChatDone<'a>),
    /// The agent's files.
    SnapshotResponse(SnapshotResponse<'a>),
    /// A file was saved.
    FileSaved(FileSaved<'a>),
    /// A file was not saved.
    FileSaveFailed(FileFailure<'a>),
    /// A file was deleted.
    FileDeleted(FileDeleted<'a>),
    /// A file was not deleted.
    FileDeleteFailed(FileFailure<'a>),
    /// The profile was changed.
    ProfileUpdated(ProfileUpdated<'a>),
    /// The profile was not changed.
    ProfileFailed(ProfileFailure<'a>),
    /// Something happened that the agent should know of.
    Notification(NotificationBody<'a>),
    /// Of a type this version does not know, or not what its type says.
    Other(&'a Json),
}

/// Declares bodies: structs of texts, each under one or more names; the first that is not empty counts.
macro_rules! bodies {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident { $($(#[doc = $fd:literal])+ $field:ident: $kind:tt = $first:literal $(| $more:literal)*,)+ }
    )+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub struct $name<'a> {
            $($(#[doc = $fd])+ pub $field: bodies!(@type $kind 'a),)+
        }

        impl<'a> $name<'a> {
            fn read(json: &'a str) -> serde_json::Result<Self> {
                let members = Members::read(json)?;
                Ok(Self { $($field: bodies!(@get $kind members, [$first $(, $more)*]),)+ })
            }
        }
    )+};
    (@type text $a:lifetime) => { Cow<$a, str> };
    (@type maybe $a:lifetime) => { Option<Cow<$a, str>> };
    (@type json $a:lifetime) => { Option<&$a RawValue> };
    (@type flag $a:lifetime) => { bool };
    (@get text $members:ident, $names:tt) => { $members.text(&$names).unwrap_or_default() };
    (@get maybe $members:ident, $names:tt) => { $members.any_text(&$names) };
    (@get json $members:ident, $names:tt) => { $members.json(&$names) };
    (@get flag $members:ident, $names:tt) => { $members.text(&$names).is_some_and(|text| text == "true" || text == "1") };
}

bodies! {
    /// What somebody says to the agent.
    ChatUser {
        /// The words.
        text: text = "content" | "message" | "text",
        /// The message's id in the service.
        message_id: maybe = "message_id" | "queued_message_id" | "source_message_id",
        /// The speaker's time zone.
        timezone: maybe = "timezone",
        /// Where the words were typed.
        source: maybe = "source",
        /// What the words are meant for.
        intent_scope: maybe = "intent_scope",
    }
    /// A wish to see the agent's files.
    SnapshotRequest {
        /// Why.
        reason: maybe = "reason",
    }
    /// A file to save.
    FileSave {
        /// Which.
        file_id: text = "file_id" | "doc_id",
        /// The [`base_hash`](super::base_hash) of the text the change is based on; nothing for a new file.
        base_hash: maybe = "base_hash",
        /// The new text.
        body_markdown: text = "body_markdown",
    }
    /// A file to delete.
    FileDelete {
        /// Which.
        file_id: text = "file_id" | "doc_id",
        /// The [`base_hash`](super::base_hash) of the text as the browser knows it.
        base_hash: maybe = "base_hash",
    }
    /// How the agent is to present itself. What is absent stays as it is.
    ProfileUpdate {
        /// The name, at most 255 characters.
        name: maybe = "name",
        /// The emoji, at most 32 characters; empty takes it away.
        emoji: maybe = "emoji",
    }
    /// A part of an answer.
    ChatDelta {
        /// The text.
        delta: text = "delta",
        /// Which part.
        delta_id: maybe = "delta_id",
        /// `status`, or `content`.
        delta_kind: maybe = "delta_kind",
        /// `replace`, or `append`.
        delta_mode: maybe = "delta_mode",
        /// The message answered.
        message_id: maybe = "message_id",
    }
    /// A whole answer.
    ChatDone {
        /// The text, or the error's.
        content: text = "content",
        /// The message answered.
        message_id: maybe = "message_id",
        /// What is said about the answer; [`meta`](ChatDone::meta) reads it.
        meta_json: json = "meta",
    }
    /// What is said about an answer.
    ChatMeta {
        /// What made the text.
        source: maybe = "source",
        /// The run of the agent that made it.
        run_id: maybe = "run_id",
        /// `ok`, `error` or `timeout`.
        status: maybe = "status",
        /// Where the text was found.
        text_source: maybe = "text_source",
        /// The signal it answers.
        signal_id: maybe = "signal_id",
        /// When it was made.
        generated_at: maybe = "generated_at",
    }
    /// The agent's files.
    SnapshotResponse {
        /// Why they were asked for.
        reason: maybe = "reason",
        /// The files; [`docs`](SnapshotResponse::docs) reads them.
        docs_json: json = "docs",
        /// When they were read.
        generated_at: maybe = "generated_at",
    }
    /// A file that was saved.
    FileSaved {
        /// Which.
        file_id: text = "file_id" | "doc_id",
        /// The file as it is now; [`doc`](FileSaved::doc) reads it.
        doc_json: json = "doc",
    }
    /// A file that was not saved, or not deleted.
    FileFailure {
        /// Which.
        file_id: text = "file_id" | "doc_id",
        /// The kind of failure, such as `conflict`.
        code: text = "code",
        /// The failure in words.
        error: text = "error",
        /// The hash of the text as it is now.
        current_hash: maybe = "current_hash",
    }
    /// A file that was deleted.
    FileDeleted {
        /// Which.
        file_id: text = "file_id" | "doc_id",
        /// Whether there was one.
        deleted: flag = "deleted",
        /// The hash of the text it had.
        previous_hash: maybe = "previous_hash",
    }
    /// A profile that was changed.
    ProfileUpdated {
        /// The runtime that holds the profile.
        provider: maybe = "provider",
        /// The agent, as that runtime calls it.
        agent_key: maybe = "agent_key",
        /// The profile as it is now; [`profile`](ProfileUpdated::profile) reads it.
        profile_json: json = "profile",
        /// The change in words.
        message: maybe = "message",
    }
    /// How an agent presents itself.
    Profile {
        /// The name.
        name: text = "name",
        /// The emoji; nothing, or empty, for none.
        emoji: maybe = "emoji",
    }
    /// A profile that was not changed.
    ProfileFailure {
        /// The kind of failure.
        code: text = "code",
        /// The failure in words.
        error: text = "error",
    }
    /// One file in a snapshot.
    SnapshotDoc {
        /// Which.
        id: text = "id",
        /// Its title.
        title: text = "title",
        /// Its text.
        body_markdown: text = "body_markdown",
        /// The hash of its text.
        base_hash: maybe = "base_hash",
    }
}

/// A notification within a message.
#[derive(Clone, Copy, Debug)]
pub struct NotificationBody<'a> {
    json: &'a str,
}

impl<'a> NotificationBody<'a> {
    /// The notification's JSON.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.json
    }

    /// Reads the notification as the API lists them.
    ///
    /// # Errors
    ///
    /// When it lacks what those have.
    pub fn read(&self) -> serde_json::Result<Notification> {
        serde_json::from_str(self.json)
    }
}

impl<'a> SnapshotResponse<'a> {
    /// The files, those left out that cannot be read.
    #[must_use]
    pub fn docs(&self) -> Vec<SnapshotDoc<'a>> {
        let rows: Vec<&RawValue> = self
            .docs_json
            .and_then(|docs| serde_json::from_str(docs.get()).ok())
            .unwrap_or_default();
        rows.into_iter().filter_map(|row| SnapshotDoc::read(row.get()).ok()).collect()
    }
}

impl<'a> ChatDone<'a> {
    /// What is said about the answer; nothing if that is no object.
    #[must_use]
    pub fn meta(&self) -> Option<ChatMeta<'a>> {
        ChatMeta::read(self.meta_json?.get()).ok()
    }
}

impl<'a> FileSaved<'a> {
    /// The file as it is now; nothing if it is not told.
    #[must_use]
    pub fn doc(&self) -> Option<SnapshotDoc<'a>> {
        SnapshotDoc::read(self.doc_json?.get()).ok()
    }
}

impl<'a> ProfileUpdated<'a> {
    /// The profile as it is now; nothing if it is not told.
    #[must_use]
    pub fn profile(&self) -> Option<Profile<'a>> {
        Profile::read(self.profile_json?.get()).ok()
    }
}

impl<'a> Body<'a> {
    pub(super) fn read(message: &'a Message) -> Self {
        let json = message.payload.as_str();
        if message.is_notification() {
            return Self::Notification(NotificationBody { json: notification(json) });
        }
        let read = match &message.channel_type {
            ChannelType::ChatUser => ChatUser::read(json).map(Self::ChatUser),
            ChannelType::SnapshotRequest => SnapshotRequest::read(json).map(Self::SnapshotRequest),
            ChannelType::FileSave => FileSave::read(json).map(Self::FileSave),
            ChannelType::FileDelete => FileDelete::read(json).map(Self::FileDelete),
            ChannelType::ProfileUpdate => ProfileUpdate::read(json).map(Self::ProfileUpdate),
            ChannelType::ChatDelta => ChatDelta::read(json).map(Self::ChatDelta),
            ChannelType::ChatDone => ChatDone::read(json).map(Self::ChatDone),
            ChannelType::SnapshotResponse => {
                SnapshotResponse::read(json).map(Self::SnapshotResponse)
            }
            ChannelType::FileSaved => FileSaved::read(json).map(Self::FileSaved),
            ChannelType::FileSaveFailed => FileFailure::read(json).map(Self::FileSaveFailed),
            ChannelType::FileDeleted => FileDeleted::read(json).map(Self::FileDeleted),
            ChannelType::FileDeleteFailed => FileFailure::read(json).map(Self::FileDeleteFailed),
            ChannelType::ProfileUpdated => ProfileUpdated::read(json).map(Self::ProfileUpdated),
            ChannelType::ProfileFailed => ProfileFailure::read(json).map(Self::ProfileFailed),
            ChannelType::Other(_) => return Self::Other(&message.payload),
        };
        read.unwrap_or(Self::Other(&message.payload))
    }
}

/// The notification in a body: its member of that name, or the whole.
fn notification(json: &str) -> &str {
    #[derive(Deserialize)]
    struct Wrapped<'a> {
        #[serde(borrow)]
        notification: &'a RawValue,
    }
    match object::<Wrapped<'_>>(json) {
        Ok(wrapped) if wrapped.notification.get() != "null" => wrapped.notification.get(),
        _ => json,
    }
}

/// The members of an object, unread. An empty list is an empty object.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Members<'a> {
    fn read(json: &'a str) -> serde_json::Result<Self> {
        struct Read;

        impl<'de> serde::de::Visitor<'de> for Read {
            type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(8);
                while let Some((name, value)) = map.next_entry::<Loose<'de>, &RawValue>()? {
                    members.push((name.0.unwrap_or_default(), value));
                }
                Ok(members)
            }
        }

        if matches!(json, "[]" | "null") {
            return Ok(Self(Vec::new()));
        }
        let mut reader = serde_json::Deserializer::from_str(json);
        serde::Deserializer::deserialize_map(&mut reader, Read).map(Self)
    }

    /// The last member of the name, as JSON readers have it; null is none.
    fn member(&self, name: &str) -> Option<&'a RawValue> {
        let found = self.0.iter().rev().find(|(member, _)| member == name);
        found.map(|(_, value)| *value).filter(|value| value.get() != "null")
    }

    fn texts(&self, names: &[&str]) -> impl Iterator<Item = Cow<'a, str>> {
        names.iter().filter_map(|name| text(self.member(name)?))
    }

    /// The first text that is not empty.
    fn text(&self, names: &[&str]) -> Option<Cow<'a, str>> {
        self.texts(names).find(|text| !text.trim().is_empty())
    }

    /// The first text that is not empty, else one that is.
    fn any_text(&self, names: &[&str]) -> Option<Cow<'a, str>> {
        self.text(names).or_else(|| self.texts(names).next())
    }

    fn json(&self, names: &[&str]) -> Option<&'a RawValue> {
        names.iter().find_map(|name| self.member(name))
    }
}
