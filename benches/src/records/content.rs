//! Briefs, files, notifications and pages.

use agentmc_types::{
    ActorId, ActorType, AgentBriefResponse, AgentId, AssigneeId, AssigneeType, AttachmentId,
    BriefEntryId, BriefEntrySummary, BriefId, BriefSource, CommentId, FileId, FilePreviewKind,
    FolderId, Notification, NotificationAgentInstructions, NotificationId,
    NotificationResponseAction, NotificationType, NotificationsMarkedRead, Nullable, Object,
    PaginationLinks, PaginationMeta, PaginationMetaLink, RecurringBriefSummary, ResponseActionBody,
    ResponseActionHeaders, ResponseActionMethod, ResponseActionQuery, ResponseActionType, Secret,
    StoreBrief, SubjectId, TeamFile, TeamFileAttachment, TeamFileAttachmentFileSummary,
    TeamFileFolder, TeamFileFolderListResponse, TeamFileUploadTicket, TeamId, Timestamp,
    UpdateBrief, UploadMethod, UserId,
};

use super::{Run, plain};

pub(super) fn measure(run: &mut Run) {
    plain! {
        run;
        BriefEntrySummary {
            required {
                id: BriefEntryId, name: String, timezone: String, include_sections: Vec<Object>,
            }
            nullable {
                agent_id: AgentId, external_id: String, summary: String, headline: String,
                content_markdown: String, content_json: Object, source_meta: Object,
                received_at: Timestamp, generated_at: Timestamp, created_at: Timestamp,
                updated_at: Timestamp,
            }
            defaulted { attachments: Vec<TeamFileAttachment> }
        }
        RecurringBriefSummary {
            required {
                id: BriefId, team_id: TeamId, name: String, timezone: String,
                include_sections: Vec<Object>,
            }
            nullable {
                agent_id: AgentId, external_key: String, external_id: String, summary: String,
                headline: String, content_markdown: String, content_json: Object,
                source_meta: Object, received_at: Timestamp, generated_at: Timestamp,
                read_by_user_id: UserId, latest_entry_id: BriefEntryId, entries_count: u64,
                latest_entry: BriefEntrySummary, created_at: Timestamp, updated_at: Timestamp,
            }
            defaulted { attachments: Vec<TeamFileAttachment> }
        }
        AgentBriefResponse {
            required { brief: RecurringBriefSummary }
        }
        StoreBrief {
            required { key: String, name: String, content_markdown: String }
            clearable {
                summary: String, external_id: String, timezone: String, sections: Object,
                headline: String, content_json: Object, generated_at: Timestamp, meta: Object,
            }
        }
        UpdateBrief {
            optional { key: String, name: String }
            clearable {
                summary: String, external_id: String, timezone: String, sections: Object,
                headline: String, content_markdown: String, content_json: Object,
                generated_at: Timestamp, meta: Object,
            }
        }
        BriefSource {
            clearable { agent_id: AgentId, meta: Object }
        }
        TeamFileFolder {
            required { id: FolderId, team_id: TeamId, name: String, path_cache: String }
            nullable { parent_id: FolderId, created_at: Timestamp, updated_at: Timestamp }
        }
        TeamFileFolderListResponse {
            required { data: Vec<TeamFileFolder>, tree: Vec<Object> }
        }
        TeamFile {
            required {
                id: FileId, team_id: TeamId, display_name: String, original_filename: String,
                mime_type: String, size_bytes: u64, preview_kind: FilePreviewKind,
            }
            nullable {
                owner_agent_id: AgentId, folder_id: FolderId, extension: String,
                checksum_sha256: String, uploaded_by_user_id: UserId, uploaded_by_agent_id: AgentId,
                created_at: Timestamp, updated_at: Timestamp, folder: TeamFileFolder,
            }
        }
        TeamFileAttachmentFileSummary {
            required {
                id: FileId, display_name: String, original_filename: String, mime_type: String,
                size_bytes: u64, preview_kind: FilePreviewKind,
            }
            nullable { created_at: Timestamp, updated_at: Timestamp }
        }
        TeamFileAttachment {
            required { id: AttachmentId, team_file_id: FileId }
            nullable {
                preview_url: String, download_url: String, markdown_embed: String,
                file: TeamFileAttachmentFileSummary,
            }
        }
        TeamFileUploadTicket {
            required {
                upload_id: String, object_key: String, upload_url: Secret,
                upload_method: UploadMethod, upload_headers: Object, expires_at: Timestamp,
            }
        }
        NotificationAgentInstructions {
            required { acting_agent_id: AgentId }
            optional {
                source: String, intent_scope: String, context_app: String, api_base_url: String,
                sdk_package: String, sdk_mode: String, auth_env: String,
                api_key_runtime_injected: bool, api_key_usage_rule: String,
                missing_api_key_error: String, workflow_hint: String, realtime_hint: String,
                acting_agent_header_name: String, acting_agent_header_value: AgentId,
                acting_agent_query_name: String, acting_agent_query_value: AgentId,
                skill_markdown: String, team_markdown: String, rules_markdown: String,
            }
        }
        ResponseActionHeaders {
            optional { acting_agent = "X-Agent-Id": AgentId }
        }
        ResponseActionQuery {
            optional { agent_id: AgentId }
        }
        ResponseActionBody {
            required { body: String }
            optional { actor_type: ActorType, actor_id: ActorId }
        }
        NotificationResponseAction {
            required {
                kind = "type": ResponseActionType, method: ResponseActionMethod, path: String,
                request_body: ResponseActionBody,
            }
            optional { headers: ResponseActionHeaders, query: ResponseActionQuery }
        }
        Notification {
            required {
                id: NotificationId, notification_type: NotificationType, source_type: String,
                message: String, is_read: bool,
            }
            nullable {
                team_id: TeamId, agent_id: AgentId, subject_type: String, subject_id: SubjectId,
                subject_label: String, actor_type: String, actor_id: ActorId, actor_name: String,
                assignee_type: AssigneeType, assignee_id: AssigneeId, mention_handle: String,
                comment: String, url: String, comment_id: CommentId,
                agent_instructions: NotificationAgentInstructions,
                response_action: NotificationResponseAction, read_at: Timestamp,
                created_at: Timestamp, updated_at: Timestamp,
            }
        }
        NotificationsMarkedRead {
            required { updated: u64, unread_count: u64 }
        }
        PaginationLinks {
            nullable { first: String, last: String, prev: String, next: String }
        }
        PaginationMetaLink {
            required { label: String, active: bool }
            nullable { url: String }
        }
        PaginationMeta {
            required { current_page: u64, last_page: u64, path: String, per_page: u64, total: u64 }
            optional { from: i64, to: i64, links: Vec<PaginationMetaLink> }
        }
    }
}
