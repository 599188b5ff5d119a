//! Replies and refusals.

use std::collections::BTreeMap;

use agentmc_core::BuildError;
use agentmc_core::endpoint::Method;
use agentmc_core::error::{Problem, Violation};
use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use http::{Response, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

mod page;

pub(crate) use page::{Address, paginate};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A request refused, as the error envelope says it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
    details: Option<Value>,
    /// For 405: the methods that are there.
    allow: Option<String>,
}

/// What is wrong with which field.
#[derive(Debug, Default)]
pub(crate) struct Fields(BTreeMap<String, Vec<String>>);

impl Refusal {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), details: None, allow: None }
    }

    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "request.malformed", message)
    }

    pub(crate) fn unauthorized(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "auth.unauthorized", message)
    }

    pub(crate) fn forbidden(message: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "auth.forbidden", message)
    }

    /// The plan does not allow it.
    pub(crate) fn plan(message: &str) -> Self {
        Self::new(StatusCode::PAYMENT_REQUIRED, "plan.limit_reached", message)
    }

    /// There is no such thing, or it belongs to another team.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "resource.not_found", format!("There is no such {what}."))
    }

    pub(crate) fn no_method(methods: &[Method]) -> Self {
        let allow = methods.iter().map(|method| method.as_str()).collect::<Vec<_>>().join(", ");
        Self::wrong_method(&allow)
    }

    pub(crate) fn conflict(message: &str, details: Value) -> Self {
        Self { details: Some(details), ..Self::new(StatusCode::CONFLICT, "conflict", message) }
    }

    /// The path is there, and takes other methods.
    pub(crate) fn wrong_method(methods: &str) -> Self {
        let message = format!("This path takes {methods}.");
        let refusal = Self::new(StatusCode::METHOD_NOT_ALLOWED, "method.not_allowed", message);
        Self { allow: Some(methods.to_owned()), ..refusal }
    }

    pub(crate) fn too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "request.too_large",
            "The body is larger than 1 MiB.",
        )
    }

    /// What cannot be read as a request, or does not arrive.
    pub(crate) fn unreadable(status: StatusCode) -> Self {
        let (code, message) = match status {
            StatusCode::REQUEST_TIMEOUT => {
                ("request.timeout", "The request did not arrive in time.")
            }
            StatusCode::URI_TOO_LONG => ("request.too_large", "The target is too long."),
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
                ("request.too_large", "There are too many headers, or they are too large.")
            }
            StatusCode::UPGRADE_REQUIRED => ("request.malformed", "Only websockets are here."),
            _ => ("request.malformed", "This is no HTTP/1.1 request, or not the whole of one."),
        };
        Self::new(status, code, message)
    }

    pub(crate) fn too_many() -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "rate_limit.exceeded",
            "There were too many requests with this credential.",
        )
    }

    pub(crate) fn not_implemented(operation: &str) -> Self {
        let message = format!("The sandbox does not have {operation} yet.");
        Self::new(StatusCode::NOT_IMPLEMENTED, "sandbox.not_implemented", message)
    }

    /// A reply that cannot be written as JSON.
    pub(crate) fn broken(error: &serde_json::Error) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server.error", error.to_string())
    }

    /// One field that is wrong. `problem` goes on from `The <field> `.
    pub(crate) fn field(name: &str, problem: &str) -> Self {
        let mut fields = Fields::default();
        fields.add(name, problem);
        fields.into()
    }

    /// A field whose id leads nowhere.
    pub(crate) fn unknown(name: &str, what: &str) -> Self {
        Self::field(name, &format!("does not name {what} of this team."))
    }

    pub(crate) fn into_response(self, request_id: Uuid) -> Response<Bytes> {
        let mut error = json!({"code": self.code, "message": self.message});
        if let Some(details) = self.details {
            error["details"] = details;
        }
        let mut response = respond(self.status, Some(&json!({"error": error})), request_id);
        if let Some(allow) = self.allow.and_then(|allow| HeaderValue::try_from(allow).ok()) {
            response.headers_mut().insert(ALLOW, allow);
        }
        response
    }
}

impl Fields {
    /// Adds a problem, in words that go on from `The <name> `.
    pub(crate) fn add(&mut self, name: &str, problem: &str) {
        self.0.entry(name.to_owned()).or_default().push(format!("The {name} {problem}"));
    }

    pub(crate) fn violation(&mut self, violation: &Violation) {
        // The service names the items of a list with dots.
        let name = violation.path.replace('[', ".").replace(']', "");
        match violation.problem {
            Problem::Missing => self.add(&name, "is required."),
            problem => {
                let problem = problem.to_string();
                self.add(&name, &format!("{}.", problem.strip_prefix("it ").unwrap_or(&problem)));
            }
        }
    }

    /// Refuses if anything is wrong.
    pub(crate) fn refuse(self) -> Result<(), Refusal> {
        if self.0.is_empty() { Ok(()) } else { Err(self.into()) }
    }
}

impl From<Fields> for Refusal {
    fn from(fields: Fields) -> Self {
        let details = Some(json!({"fields": fields.0}));
        let refusal = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "validation.failed",
            "Some fields are not valid.",
        );
        Self { details, ..refusal }
    }
}

/// What passed the check against the schema but is no value of its type.
impl From<BuildError> for Refusal {
    fn from(error: BuildError) -> Self {
        Self::field(error.parameter().unwrap_or("request"), "cannot be read.")
    }
}

/// A reply, with a body or without.
pub(crate) fn respond(
    status: StatusCode,
    body: Option<&Value>,
    request_id: Uuid,
) -> Response<Bytes> {
    let mut response =
        Response::new(body.map_or_else(Bytes::new, |body| Bytes::from(body.to_string())));
    *response.status_mut() = status;
    if body.is_some() {
        response.headers_mut().insert(CONTENT_TYPE, JSON);
    }
    if let Ok(id) = HeaderValue::try_from(request_id.to_string()) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// A reply that leads elsewhere and has no body.
pub(crate) fn redirect(status: StatusCode, body: &Value, request_id: Uuid) -> Response<Bytes> {
    let mut response = respond(status, None, request_id);
    let location = body["location"].as_str().and_then(|url| HeaderValue::try_from(url).ok());
    if let Some(location) = location {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}
