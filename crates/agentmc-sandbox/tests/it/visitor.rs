//! A caller of a world, without a socket.

use agentmc_core::endpoint::route::{Route, route};
use agentmc_sandbox::World;
use agentmc_types::{AgentId, BoardId, TaskId, TeamId};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};

/// A world, and the headers its caller sends.
pub(crate) struct Visitor {
    pub(crate) world: World,
    headers: Vec<(&'static str, String)>,
}

/// A reply, read.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) response: Response<Bytes>,
    operation: Option<&'static str>,
}

impl Visitor {
    /// Calls with the host's key.
    pub(crate) fn new() -> Self {
        let world = World::new(7);
        let key = world.keys().host_key.clone();
        Self { world, headers: vec![("X-Api-Key", key)] }
    }

    /// Calls with these headers alone from now on.
    pub(crate) fn headers<const N: usize>(
        &mut self,
        headers: [(&'static str, String); N],
    ) -> &mut Self {
        self.headers = headers.into();
        self
    }

    pub(crate) fn as_host(&mut self) -> &mut Self {
        let key = self.world.keys().host_key.clone();
        self.headers([("X-Api-Key", key)])
    }

    pub(crate) fn as_team(&mut self) -> &mut Self {
        let key = self.world.keys().team_key.clone();
        self.headers([("X-Api-Key", key)])
    }

    pub(crate) fn as_agent(&mut self) -> &mut Self {
        let key = self.world.keys().agent_key.clone();
        self.headers([("X-Api-Key", key)])
    }

    /// Calls as the person who owns the team.
    pub(crate) fn as_person(&mut self) -> &mut Self {
        let cookie = format!("laravel_session={}", self.world.keys().session_cookie);
        self.headers([("Cookie", cookie)])
    }

    /// Calls with the host's key, for an agent.
    pub(crate) fn acting_as(&mut self, agent: AgentId) -> &mut Self {
        self.as_host().headers.push(("X-Agent-Id", agent.to_string()));
        self
    }

    pub(crate) fn get(&mut self, path: &str) -> Reply {
        self.call("GET", path, &Value::Null)
    }

    pub(crate) fn post(&mut self, path: &str, body: Value) -> Reply {
        self.call("POST", path, &body)
    }

    pub(crate) fn put(&mut self, path: &str, body: Value) -> Reply {
        self.call("PUT", path, &body)
    }

    pub(crate) fn patch(&mut self, path: &str, body: Value) -> Reply {
        self.call("PATCH", path, &body)
    }

    pub(crate) fn delete(&mut self, path: &str, body: Value) -> Reply {
        self.call("DELETE", path, &body)
    }

    fn call(&mut self, method: &str, path: &str, body: &Value) -> Reply {
        let bytes = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let request = request.header("Host", "127.0.0.1:4000").body(bytes).unwrap();
        read(&request, self.world.handle(&request))
    }

    /// The first of the team's boards, and its columns.
    pub(crate) fn board(&self) -> (BoardId, Vec<u64>) {
        let board = *self.world.boards.keys().next().unwrap();
        let columns = self.world.columns.values().filter(|column| column.board_id == board);
        (board, columns.map(|column| column.id.get()).collect())
    }

    /// The agents of the team.
    pub(crate) fn agents(&self) -> Vec<AgentId> {
        let agents = self.world.agents.values().filter(|agent| agent.team_id == TeamId(1));
        agents.map(|agent| agent.id).collect()
    }

    /// The agent of the other team.
    pub(crate) fn stranger(&self) -> AgentId {
        self.world.agents.values().find(|agent| agent.team_id != TeamId(1)).unwrap().id
    }

    /// The people of the team.
    pub(crate) fn people(&self) -> Vec<u64> {
        self.world.teams[&TeamId(1)].members.iter().map(|member| member.id.get()).collect()
    }

    /// The handle of an agent.
    pub(crate) fn handle(&self, agent: AgentId) -> String {
        self.world.agents[&agent].name.to_lowercase()
    }

    /// A new task on the first board, in its first column; `more` adds to its members.
    pub(crate) fn task(&mut self, more: Value) -> TaskId {
        let (board, columns) = self.board();
        let mut body = json!({"board_id": board, "column_id": columns[0], "title": "Sweep", "description": ""});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let reply = self.post("/tasks", body);
        assert_eq!(reply.status, 201, "{}", reply.body);
        TaskId(reply.body["data"]["id"].as_u64().unwrap())
    }
}

impl Reply {
    /// The operation that was called.
    pub(crate) fn operation(&self) -> &'static str {
        self.operation.unwrap()
    }

    /// The messages about a field; the reply must be a 422.
    pub(crate) fn problem(&self, field: &str) -> String {
        assert_eq!(self.status, 422, "{}", self.body);
        assert_eq!(self.body["error"]["code"], "validation.failed");
        let messages = self.body["error"]["details"]["fields"][field].as_array();
        let messages = messages.unwrap_or_else(|| panic!("`{field}` is not among {}", self.body));
        messages.iter().map(|message| message.as_str().unwrap()).collect::<Vec<_>>().join(" ")
    }

    /// The code of an error of this status.
    pub(crate) fn code(&self, status: u16) -> &str {
        assert_eq!(self.status, status, "{}", self.body);
        assert!(self.body["error"]["message"].as_str().unwrap().ends_with('.'));
        self.body["error"]["code"].as_str().unwrap()
    }

    /// The ids of a listing.
    pub(crate) fn ids(&self) -> Vec<u64> {
        assert_eq!(self.status, 200, "{}", self.body);
        self.body["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["id"].as_u64().unwrap())
            .collect()
    }
}

/// Reads a reply, and checks what holds for every one.
pub(crate) fn read(request: &Request<Bytes>, response: Response<Bytes>) -> Reply {
    let status = response.status();
    assert!(response.headers().contains_key("x-request-id"));
    let body = if response.body().is_empty() {
        Value::Null
    } else {
        assert_eq!(response.headers()["content-type"], "application/json");
        serde_json::from_slice(response.body()).unwrap()
    };
    let path = request.uri().path().strip_prefix("/api/v1").unwrap_or_default();
    let found =
        if let Route::Found(found) = route(request.method(), path) { Some(found) } else { None };
    let operation = found.as_ref().map(|found| found.endpoint.id);
    if status.is_success() || status.is_redirection() {
        let found = found.unwrap();
        let understood = (found.endpoint.read_typed)(found.endpoint.id, &response).unwrap();
        let told = match response.headers().get("location") {
            Some(location) => json!({"location": location.to_str().unwrap()}),
            None => body.clone(),
        };
        assert_eq!(understood, told, "{} loses something", found.endpoint.id);
        let declared = found.revisions.iter().filter_map(|revision| found.endpoint.step(*revision));
        assert!(
            declared.into_iter().any(|step| step.success == status.as_u16()),
            "{status} is not declared"
        );
        let bodiless = [StatusCode::NO_CONTENT, StatusCode::FOUND].contains(&status);
        assert_eq!(body.is_null(), bodiless);
    } else {
        assert!(
            body["error"]["code"].is_string() && body["error"]["message"].is_string(),
            "{body}"
        );
    }
    Reply { status: status.as_u16(), body, response, operation }
}
