//! Bytes: what storage holds, and what is on its way there.

use std::collections::BTreeMap;

use agentmc_types::{
    FileId, Object, TeamFile, TeamFileUploadTicket, TeamId, Timestamp, UploadMethod,
};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::World;

/// The largest file there may be, in bytes.
pub(crate) const MAX_FILE: u64 = 64 << 20;

/// What all files may have together, in bytes.
const MAX_TOTAL: u64 = 256 << 20;

/// Where storage is said to be until a server says where it is.
pub(super) const NOWHERE: &str = "http://storage.invalid";

/// How long a signed URL works, in seconds.
const URL_LIFE: i64 = 15 * 60;

/// How long bytes wait for a file to be made of them after their URL has expired, in seconds.
const UNCLAIMED_LIFE: i64 = 24 * 60 * 60;

/// The header that carries the SHA-256 of the bytes.
const CHECKSUM: &str = "X-Checksum-Sha256";

/// A file on its way: a ticket, and what was said about the file when it was asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Upload {
    /// The team the file is for.
    pub team: TeamId,
    /// The ticket, as it was given out.
    pub ticket: TeamFileUploadTicket,
    /// The file's name.
    pub filename: String,
    /// Its size in bytes.
    pub byte_size: u64,
    /// Its media type.
    pub mime_type: String,
    /// The SHA-256 of its bytes in lower-case hexadecimal, if it was said.
    pub checksum_sha256: Option<String>,
    /// Whether a file has been made of it.
    pub used: bool,
}

/// What storage holds, by its keys.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Storage {
    objects: BTreeMap<String, Stored>,
    keys: BTreeMap<FileId, String>,
}

/// The bytes of one file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Stored {
    #[serde(with = "crate::save::base64")]
    pub(crate) bytes: Bytes,
    pub(crate) mime_type: String,
    /// Names the bytes: another file's are other ones.
    pub(crate) tag: String,
}

impl Storage {
    pub(crate) fn get(&self, key: &str) -> Option<&Stored> {
        self.objects.get(key)
    }

    /// Keeps bytes, whose SHA-256 is `sum`.
    pub(crate) fn put(&mut self, key: &str, mime_type: &str, sum: &str, bytes: Bytes) {
        let tag = format!("\"{sum}\"");
        self.objects.insert(key.to_owned(), Stored { bytes, mime_type: mime_type.to_owned(), tag });
    }

    /// Where the bytes of a file are.
    pub(crate) fn key(&self, file: FileId) -> Option<&str> {
        self.keys.get(&file).map(String::as_str)
    }

    /// Gives bytes to a file.
    pub(crate) fn claim(&mut self, file: FileId, key: &str) {
        self.keys.insert(file, key.to_owned());
    }

    /// Deletes the bytes of a file.
    pub(crate) fn delete(&mut self, file: FileId) {
        if let Some(key) = self.keys.remove(&file) {
            self.objects.remove(&key);
        }
    }
}

impl World {
    /// Gives a ticket for an upload. `upload` makes the rest of it.
    pub(crate) fn add_upload(
        &mut self,
        team: TeamId,
        mime_type: &str,
        checksum: Option<&str>,
        upload: impl FnOnce(TeamFileUploadTicket) -> Upload,
    ) -> TeamFileUploadTicket {
        let id = self.uuid().to_string();
        let key = format!("teams/{team}/files/{id}");
        let (url, expires_at) = self.signed_url("PUT", &key);
        let headers = [("Content-Type", Some(mime_type)), (CHECKSUM, checksum)];
        let headers: Object =
            headers.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        let ticket = TeamFileUploadTicket::new(
            id.as_str(),
            key,
            url,
            UploadMethod::Put,
            headers,
            expires_at,
        );
        self.uploads.insert(id, upload(ticket.clone()));
        ticket
    }

    /// An upload that the bytes of this key belong to.
    pub(crate) fn upload_to(&self, key: &str) -> Option<&Upload> {
        let id = key.rsplit('/').next()?;
        self.uploads.get(id).filter(|upload| upload.ticket.object_key == key)
    }

    /// A URL of storage that works for a while, and until when.
    pub(crate) fn signed_url(&self, method: &str, key: &str) -> (String, Timestamp) {
        let expires_at = self.after(URL_LIFE);
        let expires = expires_at.as_second();
        let signature = self.keys().sign_storage(method, key, expires);
        let origin = &self.storage_origin;
        (format!("{origin}/{key}?expires={expires}&signature={signature}"), expires_at)
    }

    /// Whether so many bytes more would be too many.
    pub(crate) fn is_full(&self, more: u64) -> bool {
        let held = self.storage.objects.values().map(|object| object.bytes.len() as u64);
        let expected = self
            .uploads
            .values()
            .filter(|upload| !upload.used && self.storage.get(&upload.ticket.object_key).is_none());
        let expected = expected.map(|upload| upload.byte_size);
        held.chain(expected).sum::<u64>().saturating_add(more) > MAX_TOTAL
    }

    /// Forgets the uploads that nothing can become of any more, and the bytes that nobody came for.
    pub(crate) fn forget_uploads(&mut self) {
        let (now, objects) = (self.clock, &mut self.storage.objects);
        self.uploads.retain(|_, upload| {
            let key = &upload.ticket.object_key;
            let unclaimed = !upload.used && objects.contains_key(key);
            let life = if unclaimed { UNCLAIMED_LIFE } else { 0 };
            let lives = upload.ticket.expires_at.as_second().saturating_add(life) > now;
            if unclaimed && !lives {
                objects.remove(key);
            }
            lives
        });
    }

    /// Deletes a file and its bytes.
    pub(crate) fn delete_file(&mut self, file: FileId) -> Option<TeamFile> {
        self.storage.delete(file);
        self.files.remove(&file)
    }
}
