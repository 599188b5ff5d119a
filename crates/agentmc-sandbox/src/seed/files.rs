//! The files of a new world.

use agentmc_types::{AgentId, FileId, FolderId, TeamFile, TeamFileFolder, TeamId};
use bytes::Bytes;

use crate::handler::{extension, preview_kind};
use crate::keys::hash;
use crate::world::{Actor, World};

const MARKDOWN: &[u8] = b"# Handbook\n\nWho is on call is in the calendar.\n";
const TEXT: &[u8] = b"Monday: two tasks done, one blocked.\nTuesday: the blocked one done.\n";
const IMAGE: &[u8] =
    b"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 8 8\"><circle cx=\"4\" cy=\"4\" r=\"3\"/></svg>\n";
/// An archive with nothing in it.
const ARCHIVE: &[u8] = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

/// Gives a team some folders and files.
pub(super) fn add(world: &mut World, team: TeamId, owner: Option<AgentId>) {
    let reports = add_folder(world, team, "Reports", None);
    let weekly = add_folder(world, team, "Weekly", Some(reports));
    add_folder(world, team, "Designs", None);
    for (name, kind, folder, owner, bytes) in [
        ("handbook.md", "text/markdown", None, None, MARKDOWN),
        ("week-07.txt", "text/plain", Some(weekly), owner, TEXT),
        ("logo.svg", "image/svg+xml", None, None, IMAGE),
        ("archive.zip", "application/zip", Some(reports), owner, ARCHIVE),
    ] {
        let id = add_file(world, team, name, kind, bytes);
        if let Some(file) = world.files.get_mut(&id) {
            file.folder_id = folder;
            file.owner_agent_id = owner;
            file.uploaded_by_agent_id = owner;
        }
    }
}

fn add_folder(world: &mut World, team: TeamId, name: &str, parent: Option<FolderId>) -> FolderId {
    let now = world.now();
    let id = world.folders.add(|id| {
        let mut folder = TeamFileFolder::new(id, team, name, "").created_at(now).updated_at(now);
        folder.parent_id = parent;
        folder
    });
    world.log(team, &Actor::key("Team key"), "file_folder.created", id.get(), name);
    id
}

/// A file at the top, whose bytes storage has.
pub(super) fn add_file(
    world: &mut World,
    team: TeamId,
    name: &str,
    mime_type: &str,
    bytes: &'static [u8],
) -> FileId {
    let now = world.now();
    let extension = extension(name);
    let preview = preview_kind(mime_type, extension.as_deref());
    let sum = hash(bytes);
    let id = world.files.add(|id| {
        let mut file = TeamFile::new(id, team, name, name, mime_type, bytes.len() as u64, preview)
            .checksum_sha256(sum.as_str())
            .created_at(now)
            .updated_at(now);
        file.extension = extension;
        file
    });
    let key = format!("teams/{team}/files/{id}");
    world.storage.put(&key, mime_type, &sum, Bytes::from_static(bytes));
    world.storage.claim(id, &key);
    world.log(team, &Actor::key("Team key"), "file.created", id.get(), name);
    id
}
