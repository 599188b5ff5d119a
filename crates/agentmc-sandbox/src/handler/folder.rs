//! Folders of files.

use std::collections::BTreeMap;

use agentmc_core::Revision;
use agentmc_core::ops::files::{
    CreateFileFolder, DeleteFileFolder, ListFileFolders, UpdateFileFolder,
};
use agentmc_types::{FolderId, Nullable, Object, TeamFileFolder, TeamFileFolderListResponse};
use serde_json::{Value, json};

use super::Answer;
use super::context::Context;
use crate::reply::Refusal;
use crate::world::MAX_DEPTH;
use crate::world::bound::FEW;

/// The folders by the one they lie in.
type Within<'a> = BTreeMap<Option<FolderId>, Vec<&'a TeamFileFolder>>;

pub(super) fn list(cx: &mut Context<'_>, _: ListFileFolders) -> Answer<ListFileFolders> {
    let folders = cx.world.folders.values().filter(|folder| folder.team_id == cx.caller.team);
    let folders: Vec<_> = folders.map(|folder| cx.world.with_path(folder)).collect();
    let mut within: Within<'_> = BTreeMap::new();
    for folder in &folders {
        within.entry(folder.parent_id).or_default().push(folder);
    }
    let tree = branches(&within, None, MAX_DEPTH);
    Ok(TeamFileFolderListResponse::new(folders, tree))
}

pub(super) fn create(
    cx: &mut Context<'_>,
    operation: CreateFileFolder,
) -> Answer<CreateFileFolder> {
    let parent = operation.parent_id.and_then(Nullable::into_option);
    check_parent(cx, parent, 1)?;
    cx.room(cx.world.folders.len(), FEW, "folders")?;
    let (team, now, name) = (cx.caller.team, cx.now(), operation.name.as_str());
    let id = cx.world.folders.add(|id| {
        let mut folder = TeamFileFolder::new(id, team, name, "").created_at(now).updated_at(now);
        folder.parent_id = parent;
        folder
    });
    cx.log("file_folder.created", id.get(), name);
    folder(cx, id).map(|folder| cx.world.with_path(folder))
}

pub(super) fn update(
    cx: &mut Context<'_>,
    operation: UpdateFileFolder,
) -> Answer<UpdateFileFolder> {
    let mut changed = folder(cx, operation.id)?.clone();
    let id = changed.id;
    if let Some(Nullable::Value(name)) = operation.name {
        changed.name = name;
    }
    if let Some(parent) = operation.parent_id {
        let parent = parent.into_option();
        if cx.world.lineage(parent).any(|outer| outer.id == id) {
            return Err(Refusal::field("parent_id", "must not lie in the folder itself."));
        }
        check_parent(cx, parent, cx.world.height(id))?;
        changed.parent_id = parent;
    }
    changed.updated_at = Some(cx.now());
    cx.log("file_folder.updated", id.get(), &changed.name);
    cx.world.folders.insert(id, changed);
    folder(cx, id).map(|folder| cx.world.with_path(folder))
}

/// Older revisions refuse to delete a folder that has anything in it; later ones move what is in it up.
pub(super) fn delete(
    cx: &mut Context<'_>,
    operation: DeleteFileFolder,
) -> Answer<DeleteFileFolder> {
    let TeamFileFolder { id, name, parent_id, .. } = folder(cx, operation.id)?.clone();
    let now = cx.now();
    let within = Some(id);
    let files = cx.world.files.values().filter(|file| file.folder_id == within).count();
    let folders = cx.world.folders.values().filter(|folder| folder.parent_id == within).count();
    if cx.revision < Revision::V0_3_169 && files + folders > 0 {
        let details = json!({"files_count": files, "folders_count": folders});
        return Err(Refusal::conflict("The folder is not empty.", details));
    }
    for file in cx.world.files.values_mut().filter(|file| file.folder_id == within) {
        file.folder_id = parent_id;
        file.updated_at = Some(now);
    }
    for folder in cx.world.folders.values_mut().filter(|folder| folder.parent_id == within) {
        folder.parent_id = parent_id;
        folder.updated_at = Some(now);
    }
    cx.world.folders.remove(&id);
    cx.log("file_folder.deleted", id.get(), &name);
    Ok(())
}

/// The folders in `parent`, each with those in it.
fn branches(within: &Within<'_>, parent: Option<FolderId>, depth: usize) -> Vec<Object> {
    if depth == 0 {
        return Vec::new();
    }
    let branch = |folder: &&TeamFileFolder| {
        let children = branches(within, Some(folder.id), depth - 1);
        Object::from_iter([
            ("id", json!(folder.id)),
            ("parent_id", json!(folder.parent_id)),
            ("name", json!(folder.name)),
            ("path_cache", json!(folder.path_cache)),
            ("children", children.into_iter().map(|child| json!(child)).collect::<Value>()),
        ])
    };
    within.get(&parent).into_iter().flatten().map(branch).collect()
}

/// A folder of the team.
fn folder<'a>(cx: &'a Context<'_>, id: FolderId) -> Result<&'a TeamFileFolder, Refusal> {
    cx.world.folder(cx.caller.team, id).ok_or_else(|| Refusal::not_found("folder"))
}

/// Refuses a parent that is not there, or that lies too deep for `height` folders more.
fn check_parent(cx: &Context<'_>, parent: Option<FolderId>, height: usize) -> Result<(), Refusal> {
    let Some(parent) = parent else { return Ok(()) };
    if cx.world.folder(cx.caller.team, parent).is_none() {
        return Err(Refusal::unknown("parent_id", "a folder"));
    }
    if cx.world.lineage(Some(parent)).count() + height > MAX_DEPTH {
        let problem = format!("must leave folders at most {MAX_DEPTH} deep.");
        return Err(Refusal::field("parent_id", &problem));
    }
    Ok(())
}
