//! From a request to its reply.

use agentmc_core::endpoint::route::{self, Incoming, Match, Route};
use agentmc_core::ops::{
    agents, boards, briefs, calendar as dates, files, hosts, logs, notifications, tasks, teams,
};
use agentmc_core::reply::Reply;
use agentmc_core::{Operation, Output, Revision};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde_json::{Map, Value};

use crate::reply::{Address, Refusal, redirect, respond};
use crate::world::World;

mod acting;
mod agent;
mod auth;
mod board;
mod brief;
mod calendar;
mod column;
mod comment;
mod context;
mod file;
mod folder;
mod heartbeat;
mod host;
mod log;
mod notification;
mod realtime;
mod recurring;
mod signature;
mod task;
mod team;
mod upload;
mod validate;

use context::Context;
pub(crate) use upload::{extension, preview_kind};

/// What every path starts with.
pub(crate) const BASE: &str = "/api/v1";

/// The largest body a request may have, in bytes.
pub(crate) const MAX_BODY: usize = 1 << 20;

/// What a handler gives: the value the operation replies with.
type Answer<O> = Result<Output<O>, Refusal>;

/// Which operation a request is understood as.
pub(crate) fn operation(request: &Request<Bytes>) -> Option<&'static str> {
    let path = request.uri().path().strip_prefix(BASE).unwrap_or_default();
    match route::route(request.method(), path) {
        Route::Found(found) => Some(found.endpoint.id),
        _ => None,
    }
}

/// Answers a request.
pub(crate) fn answer(world: &mut World, request: &Request<Bytes>) -> Response<Bytes> {
    world.pass();
    world.expire_sessions();
    let request_id = world.uuid();
    let path = request.uri().path().strip_prefix(BASE).unwrap_or_default();
    let found = match route::route(request.method(), path) {
        Route::Found(found) => found,
        Route::NoMethod(methods) => {
            return Refusal::no_method(&methods).into_response(request_id);
        }
        _ => return Refusal::not_found("path").into_response(request_id),
    };
    let outcome = reply(world, request, &found);
    world.forget_oldest();
    match outcome {
        Ok((status, body)) if status.is_redirection() => redirect(status, &body, request_id),
        Ok((status, Value::Null)) => respond(status, None, request_id),
        Ok((status, body)) => respond(status, Some(&body), request_id),
        Err(refusal) => refusal.into_response(request_id),
    }
}

fn reply(
    world: &mut World,
    request: &Request<Bytes>,
    found: &Match,
) -> Result<(StatusCode, Value), Refusal> {
    if request.body().len() > MAX_BODY {
        return Err(Refusal::too_large());
    }
    // Where revisions share a path, the newest one counts that the world is of.
    let known = found.revisions.iter().rfind(|revision| **revision <= world.revision);
    let revision = known.or_else(|| found.revisions.first()).copied().unwrap_or(Revision::LATEST);
    let caller = auth::caller(world, request.headers(), found)?;
    let mut incoming = found.read(request).map_err(|error| validate::malformed(&error))?;
    let agent = acting::agent(world, caller, found, &incoming, request.headers())?;
    validate::check(found.endpoint, revision, &mut incoming.params)?;

    let address = Address::of(request);
    let Incoming { params, .. } = incoming;
    let mut context = Context { world, caller, agent, revision, address };
    let body = dispatch(&mut context, found.endpoint.id, params)?;
    let success =
        found.endpoint.step(revision).and_then(|step| StatusCode::from_u16(step.success).ok());
    Ok((success.unwrap_or(StatusCode::OK), body))
}

/// Runs the handler of an operation; one that has none is not implemented.
macro_rules! dispatch {
    ($($subject:ident::$operation:ident => $handler:path),+ $(,)?) => {
        fn dispatch(context: &mut Context<'_>, id: &str, params: Map<String, Value>) -> Result<Value, Refusal> {
            $(if id == $subject::$operation::ENDPOINT.id {
                return run::<$subject::$operation>(context, params, $handler);
            })+
            Err(Refusal::not_implemented(id))
        }
    };
}

dispatch! {
    boards::ListBoards => board::list,
    boards::CreateBoard => board::create,
    boards::ShowBoard => board::show,
    boards::UpdateBoard => board::update,
    boards::DeleteBoard => board::delete,
    boards::CreateBoardColumn => column::create,
    boards::UpdateBoardColumn => column::update,
    boards::DeleteBoardColumn => column::delete,
    tasks::ListTasks => task::list,
    tasks::CreateTask => task::create,
    tasks::ShowTask => task::show,
    tasks::UpdateTask => task::update,
    tasks::DeleteTask => task::delete,
    tasks::ListTaskComments => comment::list,
    tasks::CreateTaskComment => comment::create,
    tasks::UpdateTaskComment => comment::update,
    tasks::DeleteTaskComment => comment::delete,
    files::ListFileFolders => folder::list,
    files::CreateFileFolder => folder::create,
    files::UpdateFileFolder => folder::update,
    files::DeleteFileFolder => folder::delete,
    files::CreateFileUpload => upload::ticket,
    files::CreateFile => upload::create,
    files::ListFiles => file::list,
    files::ShowFile => file::show,
    files::UpdateFile => file::update,
    files::DeleteFile => file::delete,
    files::DownloadFile => file::download,
    files::PreviewFile => file::preview,
    dates::ListCalendar => calendar::list,
    dates::CreateCalendarItem => calendar::create,
    dates::ShowCalendarItem => calendar::show,
    dates::UpdateCalendarItem => calendar::update,
    dates::DeleteCalendarItem => calendar::delete,
    dates::CommentCalendarItem => calendar::comment,
    briefs::ListAgentBriefs => brief::list,
    briefs::CreateAgentBrief => brief::create,
    briefs::UpdateAgentBrief => brief::update,
    briefs::DeleteAgentBrief => brief::delete,
    agents::ConnectAgent => agent::connect,
    agents::AgentConnectedInstructions => agent::connected_instructions,
    agents::GetAgentInstructions => agent::instructions,
    agents::ListDueRecurringTaskRuns => recurring::due,
    agents::CompleteRecurringTaskRun => recurring::complete,
    hosts::AgentHeartbeat => heartbeat::record,
    hosts::ListHosts => host::list,
    hosts::ShowHost => host::show,
    hosts::ListAgentRealtimeRequestedSessions => realtime::requested,
    hosts::ClaimAgentRealtimeSession => realtime::claim,
    hosts::CloseAgentRealtimeSession => realtime::close,
    hosts::CreateAgentRealtimeSignal => realtime::send,
    hosts::ListAgentRealtimeSignals => realtime::signals,
    hosts::AuthenticateAgentRealtimeSocket => signature::session,
    hosts::AuthenticateHostRealtimeSocket => signature::host,
    teams::ListAgents => team::agents,
    teams::ListTeamMembers => team::members,
    notifications::ListNotifications => notification::list,
    notifications::MarkNotificationRead => notification::mark,
    notifications::MarkAllNotificationsRead => notification::mark_all,
    logs::ListLogs => log::list,
}

fn run<O: Operation>(
    context: &mut Context<'_>,
    params: Map<String, Value>,
    handler: fn(&mut Context<'_>, O) -> Answer<O>,
) -> Result<Value, Refusal> {
    let value = handler(context, O::from_params(params)?)?;
    O::Reply::to_json(value).map_err(|error| Refusal::broken(&error))
}
