//! The first and the last step of an upload. Storage itself takes the second.

use agentmc_core::ops::files::{CreateFile, CreateFileUpload};
use agentmc_types::{FilePreviewKind, Nullable, TeamFile};

use super::Answer;
use super::context::Context;
use super::file;
use crate::reply::Refusal;
use crate::world::bound::{FEW, MANY};
use crate::world::{MAX_FILE, Upload};

pub(super) fn ticket(
    cx: &mut Context<'_>,
    operation: CreateFileUpload,
) -> Answer<CreateFileUpload> {
    let CreateFileUpload { filename, byte_size, mime_type, .. } = operation;
    if byte_size > MAX_FILE {
        return Err(Refusal::field("byte_size", &format!("must be at most {MAX_FILE}.")));
    }
    cx.world.forget_uploads();
    cx.room(cx.world.uploads.len(), FEW, "uploads at a time")?;
    if cx.world.is_full(byte_size) {
        return Err(Refusal::plan("The plan has no room for this file."));
    }
    let checksum = operation.checksum_sha256.and_then(Nullable::into_option);
    let checksum_sha256 = checksum.map(|checksum| checksum.to_lowercase());
    let (team, kind, sum) = (cx.caller.team, mime_type.clone(), checksum_sha256.clone());
    let upload = |ticket| Upload {
        team,
        ticket,
        filename,
        byte_size,
        mime_type,
        checksum_sha256,
        used: false,
    };
    Ok(cx.world.add_upload(team, &kind, sum.as_deref(), upload))
}

pub(super) fn create(cx: &mut Context<'_>, operation: CreateFile) -> Answer<CreateFile> {
    let team = cx.caller.team;
    let upload = cx.world.uploads.get(&operation.upload_id).filter(|upload| upload.team == team);
    let upload = upload.ok_or_else(|| Refusal::not_found("upload"))?.clone();
    let key = &upload.ticket.object_key;
    if upload.used {
        return Err(Refusal::field("upload_id", "names an upload that has become a file already."));
    }
    if cx.world.storage.get(key).is_none() {
        return Err(Refusal::field("upload_id", "names an upload whose bytes have not arrived."));
    }
    let folder = operation.folder_id.and_then(Nullable::into_option);
    let owner = operation.owner_agent_id.and_then(Nullable::into_option);
    file::check(cx, folder, owner)?;
    cx.room(cx.world.files.len(), MANY, "files")?;

    let shown = operation.display_name.and_then(Nullable::into_option);
    let shown = shown.unwrap_or_else(|| upload.filename.clone());
    let actor = (cx.user(), cx.agent, cx.now());
    let (name, kind) = (upload.filename.as_str(), upload.mime_type.as_str());
    let extension = extension(name);
    let preview = preview_kind(kind, extension.as_deref());
    let id = cx.world.files.add(|id| {
        let (user, agent, now) = actor;
        let mut file = TeamFile::new(id, team, shown, name, kind, upload.byte_size, preview)
            .created_at(now)
            .updated_at(now);
        file.extension = extension;
        file.checksum_sha256 = upload.checksum_sha256;
        file.folder_id = folder;
        file.owner_agent_id = owner;
        file.uploaded_by_user_id = user;
        file.uploaded_by_agent_id = if user.is_none() { agent } else { None };
        file
    });
    cx.world.storage.claim(id, key);
    if let Some(upload) = cx.world.uploads.get_mut(&operation.upload_id) {
        upload.used = true;
    }
    let file = file::file(cx, id)?.clone();
    cx.log("file.created", id.get(), &file.display_name);
    Ok(file::view(cx, &file))
}

/// The extension of a name, in lower case.
pub(crate) fn extension(name: &str) -> Option<String> {
    let (stem, extension) = name.rsplit_once('.')?;
    (!stem.is_empty() && !extension.is_empty()).then(|| extension.to_lowercase())
}

/// How a file of this type and extension can be previewed.
pub(crate) fn preview_kind(mime_type: &str, extension: Option<&str>) -> FilePreviewKind {
    match (mime_type.split_once('/').unwrap_or_default(), extension) {
        (("text", "markdown" | "x-markdown"), _) | (("text", _), Some("md" | "markdown")) => {
            FilePreviewKind::Markdown
        }
        (("text", _) | ("application", "json"), _) => FilePreviewKind::Text,
        (("image", _), _) => FilePreviewKind::Image,
        (("application", "pdf"), _) => FilePreviewKind::Pdf,
        _ => FilePreviewKind::NotPreviewable,
    }
}
