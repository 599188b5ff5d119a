//! Files of a team: folders, uploads, and files attached to other things.

use crate::record::record;
use crate::text_enum::text_enum;
use crate::{AgentId, AttachmentId, FileId, FolderId, Object, Secret, TeamId, Timestamp, UserId};

text_enum! {
    /// How a file can be previewed.
    pub enum FilePreviewKind {
        /// As Markdown.
        Markdown = "markdown",
        /// As plain text.
        Text = "text",
        /// As an image.
        Image = "image",
        /// As a PDF.
        Pdf = "pdf",
        /// Not at all.
        NotPreviewable = "other",
    }
}

text_enum! {
    /// The kind of files a listing is about.
    pub enum MimeGroup {
        /// Plain text.
        Text = "text",
        /// Markdown.
        Markdown = "markdown",
        /// Images.
        Image = "image",
        /// PDFs.
        Pdf = "pdf",
        /// Everything else.
        Rest = "other",
    }
}

text_enum! {
    /// What a listing of files is ordered by.
    pub enum FileSort {
        /// When a file was last changed.
        UpdatedAt = "updated_at",
        /// The name it is shown under.
        DisplayName = "display_name",
        /// Its size.
        SizeBytes = "size_bytes",
    }
}

text_enum! {
    /// The direction of an order.
    pub enum SortDirection {
        /// The least first.
        Ascending = "asc",
        /// The greatest first.
        Descending = "desc",
    }
}

text_enum! {
    /// The HTTP method an upload is sent with.
    pub enum UploadMethod {
        /// `PUT`.
        Put = "PUT",
    }
}

record! {
    /// A folder of files.
    pub struct TeamFileFolder {
        required {
            /// The folder's id.
            id: FolderId,
            /// The team it belongs to.
            team_id: TeamId,
            /// Its name.
            name: String,
            /// The names of the folders above it and its own, joined into a path.
            path_cache: String,
        }
        nullable {
            /// The folder it is in; null at the top.
            parent_id: FolderId,
            /// When it was made.
            created_at: Timestamp,
            /// When it was last changed.
            updated_at: Timestamp,
        }
    }
}

record! {
    /// Every folder of a team, as a list and as a tree.
    pub struct TeamFileFolderListResponse {
        required {
            /// The folders, one after the other.
            data: Vec<TeamFileFolder>,
            /// The same folders as trees, those at the top first.
            tree: Vec<Object>,
        }
    }
}

record! {
    /// A file of a team. Its bytes are fetched separately.
    pub struct TeamFile {
        required {
            /// The file's id.
            id: FileId,
            /// The team it belongs to.
            team_id: TeamId,
            /// The name it is shown under.
            display_name: String,
            /// The name it had when it was uploaded.
            original_filename: String,
            /// Its media type, such as `text/markdown`.
            mime_type: String,
            /// Its size in bytes.
            size_bytes: u64,
            /// How it can be previewed.
            preview_kind: FilePreviewKind,
        }
        nullable {
            /// The agent it belongs to; null if it belongs to the team at large.
            owner_agent_id: AgentId,
            /// The folder it is in; null at the top.
            folder_id: FolderId,
            /// The extension of its name, without the dot.
            extension: String,
            /// The SHA-256 of its bytes, in hexadecimal.
            checksum_sha256: String,
            /// The person who uploaded it; null if an agent did.
            uploaded_by_user_id: UserId,
            /// The agent that uploaded it; null if a person did.
            uploaded_by_agent_id: AgentId,
            /// When it was made.
            created_at: Timestamp,
            /// When it was last changed.
            updated_at: Timestamp,
            /// The folder it is in; null at the top.
            folder: TeamFileFolder,
        }
    }
}

record! {
    /// A file that is attached to something, in brief.
    pub struct TeamFileAttachmentFileSummary {
        required {
            /// The file.
            id: FileId,
            /// The name it is shown under.
            display_name: String,
            /// The name it had when it was uploaded.
            original_filename: String,
            /// Its media type, such as `text/markdown`.
            mime_type: String,
            /// Its size in bytes.
            size_bytes: u64,
            /// How it can be previewed.
            preview_kind: FilePreviewKind,
        }
        nullable {
            /// When it was made.
            created_at: Timestamp,
            /// When it was last changed.
            updated_at: Timestamp,
        }
    }
}

record! {
    /// A file attached to a task, a comment, a calendar item or a brief.
    pub struct TeamFileAttachment {
        required {
            /// The attachment's id, which is not the file's.
            id: AttachmentId,
            /// The file.
            team_file_id: FileId,
        }
        nullable {
            /// Where it can be previewed; null if it cannot.
            preview_url: String,
            /// Where its bytes are.
            download_url: String,
            /// Markdown that shows it or links to it.
            markdown_embed: String,
            /// The file in brief; null once the file is deleted.
            file: TeamFileAttachmentFileSummary,
        }
    }
}

record! {
    /// Leave to upload one file: send its bytes to `upload_url`, then make the file from `upload_id`.
    pub struct TeamFileUploadTicket {
        required {
            /// What the file is made from once its bytes are there.
            upload_id: String,
            /// Where the bytes are stored.
            object_key: String,
            /// Where to send the bytes. It is signed, and not part of the API: send no credential there.
            upload_url: Secret,
            /// The method to send them with.
            upload_method: UploadMethod,
            /// The headers to send with them, exactly these.
            upload_headers: Object,
            /// When the URL stops working.
            expires_at: Timestamp,
        }
    }
}
