//! A headless browser, driven by its own protocol.

use std::env;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_tungstenite::tungstenite::{Message, WebSocket};

use crate::client::{PATIENCE, frame};

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// What the browser says when it can be driven, before the address.
const READY: &str = "DevTools listening on ws://";

struct Process(Child);

/// A browser, which ends when it is dropped.
pub(crate) struct Browser {
    _process: Process,
    socket: WebSocket<TcpStream>,
    last: u64,
    _profile: TempDir,
}

/// A page in it.
pub(crate) struct Page<'a> {
    browser: &'a mut Browser,
    session: Value,
}

impl Browser {
    /// Starts the browser that a variable of the environment names, or else the first that is there.
    pub(crate) fn find(variable: &str) -> Option<Self> {
        let name = env::var(variable).ok().filter(|name| !name.is_empty());
        let name = name.or_else(|| {
            let folders: Vec<_> = env::split_paths(&env::var_os("PATH")?).collect();
            let is_there = |name: &&str| folders.iter().any(|it| it.join(name).is_file());
            NAMES.into_iter().find(is_there).map(str::to_owned)
        })?;
        Some(Self::start(&name))
    }

    fn start(name: &str) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let mut process = Command::new(name)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
            .args(["--no-first-run", "--remote-debugging-port=0", "about:blank"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let errors = BufReader::new(process.stderr.take().unwrap());
        let process = Process(process);
        let (found, wait) = mpsc::channel();
        // To the end: a browser that nobody listens to stands still.
        std::thread::spawn(move || {
            for line in errors.lines().map_while(Result::ok) {
                let address = line.strip_prefix(READY).map(str::to_owned);
                let _ = address.map(|address| found.send(address));
            }
        });
        let address = wait.recv_timeout(PATIENCE);
        let address = address.unwrap_or_else(|_| panic!("{name} cannot be driven"));
        let stream = TcpStream::connect(address.split('/').next().unwrap()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let socket = tokio_tungstenite::tungstenite::client(format!("ws://{address}"), stream);
        Self { _process: process, socket: socket.unwrap().0, last: 0, _profile: profile }
    }

    pub(crate) fn open(&mut self, url: &str) -> Page<'_> {
        let target = self.call(None, "Target.createTarget", json!({"url": "about:blank"}));
        let target = json!({"targetId": target["targetId"], "flatten": true});
        let session = self.call(None, "Target.attachToTarget", target)["sessionId"].clone();
        // It replies when the new page is there to run something in.
        self.call(Some(&session), "Page.navigate", json!({"url": url}));
        Page { browser: self, session }
    }

    fn call(&mut self, session: Option<&Value>, method: &str, params: Value) -> Value {
        self.last += 1;
        let mut call = json!({"id": self.last, "method": method, "params": params});
        if let Some(session) = session {
            call["sessionId"] = session.clone();
        }
        self.socket.send(Message::text(call.to_string())).unwrap();
        loop {
            let reply = frame(&mut self.socket);
            if reply["id"] == self.last {
                assert!(reply["error"].is_null(), "{method}: {}", reply["error"]);
                return reply["result"].clone();
            }
        }
    }
}

impl Page<'_> {
    /// Runs an expression, and waits for what it promises.
    pub(crate) fn run(&mut self, expression: &str) -> Value {
        let params = json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let ran = self.browser.call(Some(&self.session), "Runtime.evaluate", params);
        assert!(ran["exceptionDetails"].is_null(), "{expression}: {ran}");
        ran["result"]["value"].clone()
    }

    /// Waits until a condition holds. One that cannot be read yet does not.
    pub(crate) fn wait_for(&mut self, condition: &str) {
        let look =
            format!("(() => {{ try {{ return {condition}; }} catch {{ return false; }} }})()");
        let waited = self.run(&format!(
            "new Promise(done => {{
                const end = Date.now() + {};
                const look = () => {look} ? done('') : Date.now() > end ? done(document.body.innerText) : setTimeout(look, 20);
                look();
            }})",
            PATIENCE.as_millis() / 2
        ));
        assert_eq!(waited, "", "{condition} does not come to hold");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
