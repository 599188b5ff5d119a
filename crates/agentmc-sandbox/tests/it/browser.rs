//! The page in a real browser, where there is one.

use agentmc_core::Operation;
use agentmc_core::ops::hosts::{ClaimAgentRealtimeSession, CreateAgentRealtimeSignal};
use agentmc_core::ops::tasks::CreateTask;
use agentmc_sandbox::Sandbox;
use agentmc_types::{Object, Secret, SessionId, SignalId};
use serde_json::{Value, json};

use crate::client::{Client, authority, not_run};

mod chromium;

use chromium::Browser;

/// Names the browser to run, instead of the first that is found. A test that runs one fails if it cannot.
const BROWSER: &str = "AGENTMC_TEST_BROWSER";

fn exchange<O: Operation>(sandbox: &Sandbox, operation: &O) {
    let call = sandbox.api().call(operation).unwrap();
    let reply = sandbox.exchange(&call).unwrap();
    assert!(reply.status().is_success(), "{:?}", reply.body());
}

fn answer(sandbox: &Sandbox, session: SessionId, kind: &str, body: Value) {
    let envelope = Object::from_iter([("type", json!(kind)), ("payload", body)]);
    exchange(sandbox, &CreateAgentRealtimeSignal::new(session, "message").payload(envelope));
}

#[test]
fn a_person_talks_with_an_agent_on_the_page() {
    let Some(mut browser) = Browser::find(BROWSER) else {
        not_run(&format!(
            "the sandbox's page in a browser. Install chromium, or name one in {BROWSER}."
        ));
        return;
    };
    let sandbox = Sandbox::start().unwrap();
    let mut page = browser.open(&sandbox.page_url());

    page.wait_for("document.querySelectorAll('#agent option').length === 3");
    page.wait_for("document.querySelector('#boards').textContent.includes('Operations')");
    page.run("document.querySelector('#ask').click()");
    page.wait_for("document.querySelector('#sessions').textContent.includes('#1 ')");
    let session = SessionId(1);
    assert!(sandbox.world(|world| world.sessions.contains_key(&session)));

    let mut client = Client::new(&sandbox);
    client.subscribe(&sandbox, "private-agent-realtime.1.1");
    let shown = format!("document.querySelector('#sockets').textContent.includes('{}')", client.id);
    page.wait_for(&shown);
    let owner = Secret::from("agent-claim:0123456789");
    exchange(&sandbox, &ClaimAgentRealtimeSession::new(session).owner_token(owner));
    page.wait_for("document.querySelector('#sessions').textContent.includes('claimed')");

    page.run("document.querySelector('#text').value = '<b>Hello</b>?'");
    page.run("document.querySelector('#say').requestSubmit()");
    page.wait_for("document.querySelector('.said.browser').textContent.includes('<b>Hello</b>?')");
    assert_eq!(client.signal()["payload"]["payload"]["content"], "<b>Hello</b>?");
    let asked = sandbox.messages(session, SignalId(0));
    let request_id = asked[0].body["request_id"].clone();

    let delta = |text: &str| json!({"request_id": request_id, "delta": text});
    answer(&sandbox, session, "chat.agent.delta", delta("<i>Good"));
    answer(&sandbox, session, "chat.agent.delta", delta(" day"));
    page.wait_for("document.querySelector('.said.agent').textContent.includes('<i>Good day')");
    let done =
        json!({"request_id": request_id, "content": "<i>Good day</i>.", "meta": {"status": "ok"}});
    answer(&sandbox, session, "chat.agent.done", done);
    page.wait_for("document.querySelector('.said.agent').textContent === 'agent<i>Good day</i>.'");
    page.wait_for("document.querySelector('#signals').textContent.includes('chat.agent.done')");

    let (board, column) = sandbox.world(|world| {
        let column = world.columns.values().next().unwrap();
        (column.board_id, column.id)
    });
    let title = "<img src=x onerror=alert(1)>";
    exchange(&sandbox, &CreateTask::new(board, column, title, ""));
    page.wait_for(&format!("document.querySelector('#boards').textContent.includes('{title}')"));
    assert_eq!(page.run("document.querySelectorAll('#chat b, #chat i, #boards img').length"), 0);

    page.run("document.querySelector('#close').click()");
    page.wait_for("document.querySelector('#sessions').textContent.includes('closed')");
    assert_eq!(sandbox.world(|world| world.sessions[&session].status.clone()).as_str(), "closed");
    assert_eq!(page.run("document.querySelector('#problem').textContent"), "");

    // Whether the browser or the sandbox refuses it is all the same.
    let mut elsewhere = browser.open("about:blank");
    let ask = format!(
        "fetch('http://{}/sandbox/sessions', {{ method: 'POST', mode: 'no-cors', body: '{{\"agent_id\":1}}' }}).then(() => {{}}).catch(() => {{}})",
        authority(&sandbox)
    );
    elsewhere.run(&ask);
    assert_eq!(sandbox.world(|world| world.sessions.len()), 1, "no other page asks for sessions");
}
