//! Files.

use agentmc_core::ops::files::{
    DeleteFile, DownloadFile, ListFiles, PreviewFile, ShowFile, UpdateFile,
};
use agentmc_types::{
    AgentId, FileId, FilePreviewKind, FileSort, FolderId, MimeGroup, Nullable, SortDirection,
    TeamFile,
};

use super::Answer;
use super::context::{Context, matches};
use crate::reply::Refusal;

pub(super) fn list(cx: &mut Context<'_>, operation: ListFiles) -> Answer<ListFiles> {
    let wanted = |file: &&TeamFile| {
        let named = |text: &String| {
            matches(&file.display_name, text) || matches(&file.original_filename, text)
        };
        file.team_id == cx.caller.team
            && operation.q.as_ref().is_none_or(named)
            && operation.folder_id.is_none_or(|folder| file.folder_id == Some(folder))
            && operation.owner_agent_id.is_none_or(|owner| file.owner_agent_id == Some(owner))
            && operation.mime_group.as_ref().is_none_or(|group| group_of(file) == *group)
    };
    let mut files: Vec<_> = cx.world.files.values().filter(wanted).collect();
    match operation.sort {
        Some(FileSort::DisplayName) => {
            files.sort_by_cached_key(|file| (file.display_name.to_lowercase(), file.id));
        }
        Some(FileSort::SizeBytes) => files.sort_by_key(|file| (file.size_bytes, file.id)),
        _ => files.sort_by_key(|file| (file.updated_at, file.id)),
    }
    if operation.direction != Some(SortDirection::Ascending) {
        files.reverse();
    }
    Ok(cx.page(operation.page, operation.per_page, &files, |file| view(cx, file)))
}

pub(super) fn show(cx: &mut Context<'_>, operation: ShowFile) -> Answer<ShowFile> {
    file(cx, operation.id).map(|file| view(cx, file))
}

pub(super) fn update(cx: &mut Context<'_>, operation: UpdateFile) -> Answer<UpdateFile> {
    let mut changed = file(cx, operation.id)?.clone();
    let folder = operation.folder_id.map(Nullable::into_option);
    let owner = operation.owner_agent_id.map(Nullable::into_option);
    check(cx, folder.flatten(), owner.flatten())?;
    if let Some(name) = operation.display_name {
        changed.display_name = name;
    }
    if let Some(folder) = folder {
        changed.folder_id = folder;
    }
    if let Some(owner) = owner {
        changed.owner_agent_id = owner;
    }
    changed.updated_at = Some(cx.now());
    let reply = view(cx, &changed);
    cx.log("file.updated", changed.id.get(), &changed.display_name);
    cx.world.files.insert(changed.id, changed);
    Ok(reply)
}

pub(super) fn delete(cx: &mut Context<'_>, operation: DeleteFile) -> Answer<DeleteFile> {
    let name = file(cx, operation.id)?.display_name.clone();
    cx.world.delete_file(operation.id);
    cx.log("file.deleted", operation.id.get(), &name);
    Ok(())
}

pub(super) fn download(cx: &mut Context<'_>, operation: DownloadFile) -> Answer<DownloadFile> {
    let id = file(cx, operation.id)?.id;
    address(cx, id)
}

pub(super) fn preview(cx: &mut Context<'_>, operation: PreviewFile) -> Answer<PreviewFile> {
    let file = file(cx, operation.id)?;
    if file.preview_kind == FilePreviewKind::NotPreviewable {
        return Err(Refusal::field("file", "cannot be previewed."));
    }
    address(cx, file.id)
}

/// A file of the team.
pub(super) fn file<'a>(cx: &'a Context<'_>, id: FileId) -> Result<&'a TeamFile, Refusal> {
    let file = cx.world.files.get(&id).filter(|file| file.team_id == cx.caller.team);
    file.ok_or_else(|| Refusal::not_found("file"))
}

/// A file as replies show it.
pub(super) fn view(cx: &Context<'_>, file: &TeamFile) -> TeamFile {
    let mut file = file.clone();
    let folder = file.folder_id.and_then(|folder| cx.world.folder(file.team_id, folder));
    file.folder = folder.map(|folder| cx.world.with_path(folder));
    file
}

/// Refuses a folder or an owner that is not in the team.
pub(super) fn check(
    cx: &Context<'_>,
    folder: Option<FolderId>,
    owner: Option<AgentId>,
) -> Result<(), Refusal> {
    let team = cx.caller.team;
    if folder.is_some_and(|folder| cx.world.folder(team, folder).is_none()) {
        return Err(Refusal::unknown("folder_id", "a folder"));
    }
    if owner.is_some_and(|owner| cx.world.agent(team, owner).is_none()) {
        return Err(Refusal::unknown("owner_agent_id", "an agent"));
    }
    Ok(())
}

/// Where the bytes of a file are.
fn address(cx: &Context<'_>, id: FileId) -> Result<String, Refusal> {
    let key = cx.world.storage.key(id).ok_or_else(|| Refusal::not_found("file"))?;
    Ok(cx.world.signed_url("GET", key).0)
}

fn group_of(file: &TeamFile) -> MimeGroup {
    match file.preview_kind {
        FilePreviewKind::Markdown => MimeGroup::Markdown,
        FilePreviewKind::Text => MimeGroup::Text,
        FilePreviewKind::Image => MimeGroup::Image,
        FilePreviewKind::Pdf => MimeGroup::Pdf,
        _ => MimeGroup::Rest,
    }
}
