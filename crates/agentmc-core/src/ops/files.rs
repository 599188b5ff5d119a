//! Files of a team, the folders they lie in, and the three steps of an upload.

use agentmc_types::{
    AgentId, FileId, FileSort, FolderId, MimeGroup, Nullable, SortDirection, TeamFile,
    TeamFileFolder, TeamFileFolderListResponse, TeamFileUploadTicket,
};

use crate::operation;
use crate::reply::{Data, Empty, Location, Page, Whole};
use crate::schema::Pattern;

operation! {
    /// Asks for permission to upload a file, the first of an upload's three steps.
    ///
    /// The reply is a ticket: PUT the bytes to its `upload_url` with exactly its `upload_headers`
    /// and no credential, before `expires_at`; then call `createFile` with its `upload_id`. Refused
    /// with 402 when the plan does not allow the file, and with 503
    /// while storage is unavailable.
    pub struct CreateFileUpload -> Data<TeamFileUploadTicket>;

    POST "createFileUpload" Files agent_scoped {
        V0_3_64 => "/files/uploads" KEY_OR_COOKIE 201 [401, 402, 403, 422, 503],
        V0_3_169 => "/files/uploads" KEY_OR_COOKIE 201 [401, 402, 403, 422, 503],
    }

    body {
        /// The name of the file, with its extension: at most 255 characters.
        filename: String [max_len(255)],
        /// The exact size of the file in bytes, at least 1.
        byte_size: u64 [min(1)],
        /// The media type of the file in lower case, without parameters, such as `text/plain`: at
        /// most 255 characters.
        mime_type: String [max_len(255), pattern(Pattern::MimeType)],
    }

    body? {
        /// The SHA-256 of the bytes as 64 hexadecimal digits.
        checksum_sha256: Nullable<String> [pattern(Pattern::Sha256)],
    }
}

operation! {
    /// Makes a file of uploaded bytes, the last of an upload's three steps.
    ///
    /// Refused with 402 when the plan does not allow the file, with 404 when the upload or
    /// something else it refers to does not exist, and with 503 while storage is unavailable.
    pub struct CreateFile -> Data<TeamFile>;

    POST "createFile" Files agent_scoped {
        V0_3_64 => "/files" KEY_OR_COOKIE 201 [401, 402, 403, 404, 422, 503],
        V0_3_169 => "/files" KEY_OR_COOKIE 201 [401, 402, 403, 404, 422, 503],
    }

    body {
        /// The `upload_id` of the ticket from `createFileUpload`, at most 64 characters.
        upload_id: String [max_len(64)],
    }

    body? {
        /// The name to show, at most 255 characters.
        display_name: Nullable<String> [max_len(255)],
        /// The folder to put the file in; null stands for none.
        folder_id: Nullable<FolderId> [min(1)],
        /// The agent that owns the file; null stands for none.
        owner_agent_id: Nullable<AgentId> [min(1)],
    }
}

operation! {
    /// Lists the files of the team.
    ///
    /// A page at a time. Filters narrow each other: a file must pass all that are given.
    pub struct ListFiles -> Page<TeamFile>;

    GET "listFiles" Files agent_scoped {
        V0_3_64 => "/files" KEY_OR_COOKIE 200 [401, 403, 422],
        V0_3_169 => "/files" KEY_OR_COOKIE 200 [401, 403, 422],
    }

    query {
        /// Only files that match this text, at most 255 characters.
        q: String [max_len(255)],
        /// Only files in this folder.
        folder_id: FolderId [min(1)],
        /// Only files this agent owns.
        owner_agent_id: AgentId [min(1)],
        /// Only files of this kind: text, Markdown, images, PDF, or other.
        mime_group: MimeGroup,
        /// What to sort by: the time of the last change, the name shown, or the size.
        sort: FileSort,
        /// Whether to sort upwards or downwards.
        direction: SortDirection,
        /// The files on a page, 1 to 100.
        per_page: u32 [range(1, 100)],
        /// The page to list, from 1. Left out, the first.
        page: u32 [min(1)],
    }
}

operation! {
    /// Shows what is known about one file, without its content.
    ///
    /// `downloadFile` gives the content.
    pub struct ShowFile -> Data<TeamFile>;

    GET "showFile" Files agent_scoped {
        V0_3_64 => "/files/{id}" KEY_OR_COOKIE 200 [401, 403, 404],
        V0_3_169 => "/files/{id}" KEY_OR_COOKIE 200 [401, 403, 404],
    }

    path {
        /// The file to show.
        id: FileId [min(1)],
    }
}

operation! {
    /// Renames a file, moves it to another folder or gives it to another agent.
    ///
    /// What is left out stays as it is. The content cannot be changed: upload a new file instead.
    pub struct UpdateFile -> Data<TeamFile>;

    PATCH "updateFile" Files agent_scoped {
        V0_3_64 => "/files/{id}" KEY_OR_COOKIE 200 [401, 403, 404, 422],
        V0_3_169 => "/files/{id}" KEY_OR_COOKIE 200 [401, 403, 404, 422],
    }

    path {
        /// The file to change.
        id: FileId [min(1)],
    }

    body? {
        /// The new name to show, at most 255 characters.
        display_name: String [max_len(255)],
        /// The folder to move the file to; null takes it out of its folder.
        folder_id: Nullable<FolderId> [min(1)],
        /// The agent that owns the file from now on; null leaves it without one.
        owner_agent_id: Nullable<AgentId> [min(1)],
    }
}

operation! {
    /// Deletes a file.
    ///
    /// There is no way back through the API. Answers 204 without a body; refused with 503 while
    /// storage is unavailable.
    pub struct DeleteFile -> Empty;

    DELETE "deleteFile" Files agent_scoped {
        V0_3_64 => "/files/{id}" KEY_OR_COOKIE 204 [401, 403, 404, 503],
        V0_3_169 => "/files/{id}" KEY_OR_COOKIE 204 [401, 403, 404, 503],
    }

    path {
        /// The file to delete.
        id: FileId [min(1)],
    }
}

operation! {
    /// Asks where to download the content of a file.
    ///
    /// Answers 302 with the address in `Location`: a short-lived signed URL on another origin. It is
    /// not followed here, and the credential must not be sent there. Refused with 503 while storage
    /// is unavailable.
    pub struct DownloadFile -> Location;

    GET "downloadFile" Files agent_scoped {
        V0_3_64 => "/files/{id}/download" KEY_OR_COOKIE 302 [401, 403, 404, 503],
        V0_3_169 => "/files/{id}/download" KEY_OR_COOKIE 302 [401, 403, 404, 503],
    }

    path {
        /// The file to download.
        id: FileId [min(1)],
    }
}

operation! {
    /// Asks where to view the content of a file in a browser.
    ///
    /// Answers 302 with the address in `Location`: a short-lived signed URL on another origin. It is
    /// not followed here, and the credential must not be sent there. Refused with 422 when the file
    /// cannot be previewed, and with 503 while storage is unavailable.
    pub struct PreviewFile -> Location;

    GET "previewFile" Files agent_scoped {
        V0_3_64 => "/files/{id}/preview" KEY_OR_COOKIE 302 [401, 403, 404, 422, 503],
        V0_3_169 => "/files/{id}/preview" KEY_OR_COOKIE 302 [401, 403, 404, 422, 503],
    }

    path {
        /// The file to view.
        id: FileId [min(1)],
    }
}

operation! {
    /// Lists all folders, flat and as a tree.
    ///
    /// The list is not paginated.
    pub struct ListFileFolders -> Whole<TeamFileFolderListResponse>;

    GET "listFileFolders" Files agent_scoped {
        V0_3_64 => "/files/folders" KEY_OR_COOKIE 200 [401, 403],
        V0_3_169 => "/files/folders" KEY_OR_COOKIE 200 [401, 403],
    }
}

operation! {
    /// Creates a folder for files.
    ///
    /// Folders may lie in other folders.
    pub struct CreateFileFolder -> Data<TeamFileFolder>;

    POST "createFileFolder" Files agent_scoped {
        V0_3_64 => "/files/folders" KEY_OR_COOKIE 201 [401, 403, 422],
        V0_3_169 => "/files/folders" KEY_OR_COOKIE 201 [401, 403, 422],
    }

    body {
        /// The name of the folder, at most 160 characters.
        name: String [max_len(160)],
    }

    body? {
        /// The folder to create it in; null stands for the top.
        parent_id: Nullable<FolderId> [min(1)],
    }
}

operation! {
    /// Renames a folder or moves it into another one.
    ///
    /// What is left out stays as it is.
    pub struct UpdateFileFolder -> Data<TeamFileFolder>;

    PATCH "updateFileFolder" Files agent_scoped {
        V0_3_64 => "/files/folders/{id}" KEY_OR_COOKIE 200 [401, 403, 404, 422],
        V0_3_169 => "/files/folders/{id}" KEY_OR_COOKIE 200 [401, 403, 404, 422],
    }

    path {
        /// The folder to change.
        id: FolderId [min(1)],
    }

    body? {
        /// The new name, at most 160 characters. The API takes null as well, although a folder
        /// always has a name.
        name: Nullable<String> [max_len(160)],
        /// The folder to move it into; null moves it to the top.
        parent_id: Nullable<FolderId> [min(1)],
    }
}

operation! {
    /// Deletes a folder.
    ///
    /// Answers 204 without a body. Revision 0.3.64 may refuse it with 409, a conflict with the
    /// state of the folder; later ones do not.
    pub struct DeleteFileFolder -> Empty;

    DELETE "deleteFileFolder" Files agent_scoped {
        V0_3_64 => "/files/folders/{id}" KEY_OR_COOKIE 204 [401, 403, 404, 409],
        V0_3_169 => "/files/folders/{id}" KEY_OR_COOKIE 204 [401, 403, 404],
    }

    path {
        /// The folder to delete.
        id: FolderId [min(1)],
    }
}
