//! `agentmc sandbox`, and the server behind `--sandbox`.

use std::convert::Infallible;
use std::io::{self, Write};
use std::time::Duration;

use agentmc_core::{Api, Credential};
use agentmc_sandbox::{Clock, Options, Sandbox};
use serde_json::json;

use crate::args;
use crate::failure::Failure;
use crate::output::Output;
use crate::text::one_line;

/// How often to look whether the world is saved.
const LOOK: Duration = Duration::from_millis(250);

/// A server of its own for one command.
pub(crate) fn fresh() -> Result<Sandbox, Failure> {
    Sandbox::start().map_err(|error| Failure::io("the sandbox cannot start", error))
}

/// The server as the owner of every kind of credential sees it.
pub(crate) fn api(sandbox: &Sandbox) -> Result<Api, Failure> {
    use agentmc_core::endpoint::Auth;

    let keys = sandbox.keys();
    let others = [
        (Auth::AgentBearer, &keys.agent_token),
        (Auth::Bearer, &keys.bearer_token),
        (Auth::ConnectToken, &keys.connect_token),
        (Auth::SessionCookie, &keys.session_cookie),
    ];
    let mut api = sandbox.api();
    for (auth, secret) in others {
        api = api.credential(Credential::new(auth, secret)?);
    }
    Ok(api)
}

pub(crate) fn run(
    common: &args::Common,
    args: &args::Sandbox,
    out: &mut Output,
) -> Result<(), Failure> {
    common.refuse_server("`agentmc sandbox`, which is a server itself")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::io("the sandbox cannot start", error))?;
    let sandbox = Sandbox::with(options(common, args))
        .map_err(|error| Failure::io("the sandbox cannot start", error))?;
    let keys = sandbox.keys();
    if out.is_json() {
        out.json(&json!({
            "url": sandbox.url(),
            "host_key": keys.host_key,
            "team_key": keys.team_key,
            "agent_key": keys.agent_key,
            "agent_token": keys.agent_token,
            "bearer_token": keys.bearer_token,
            "connect_token": keys.connect_token,
            "session_cookie": keys.session_cookie,
            "storage_url": sandbox.storage_url(),
            "page_url": sandbox.page_url(),
        }))?;
    } else {
        out.text(&format!(
            "AgentMC sandbox at {}\n\n  export AGENTMC_BASE_URL={}\n  export AGENTMC_API_KEY={}\n\n\
             Other keys: team {}, agent {}\nIts page, the browser's side of realtime: {}\nCtrl-C ends it.",
            sandbox.url(),
            sandbox.url(),
            keys.host_key,
            keys.team_key,
            keys.agent_key,
            sandbox.page_url(),
        ))?;
    }
    out.finish()?;
    let ended = runtime.block_on(async {
        tokio::select! {
            ended = ended() => ended,
            never = tell(&sandbox) => match never {},
        }
    });
    ended.map_err(|error| Failure::io("signals cannot be received", error))?;
    sandbox.save().map_err(|error| Failure::io("the world cannot be saved", error))
}

/// Tells of the first saving that fails, and of the first one that succeeds again.
async fn tell(sandbox: &Sandbox) -> Infallible {
    let mut look = tokio::time::interval(LOOK);
    let mut failing = false;
    loop {
        look.tick().await;
        let error = sandbox.save_error();
        if error.is_some() != failing {
            failing = error.is_some();
            let line = match error {
                Some(error) => format!("the world cannot be saved: {error} (trying again)"),
                None => "the world is saved again".to_owned(),
            };
            // If standard error is closed there is nobody left to tell.
            let _ = io::stderr().write_all(format!("agentmc: {}\n", one_line(&line)).as_bytes());
        }
    }
}

fn options(common: &args::Common, args: &args::Sandbox) -> Options {
    let mut options = Options::default()
        .clock(Clock::Wall)
        .port(args.port)
        .seed(args.seed)
        .latency(Duration::from_millis(args.latency))
        .faults(args.faults.clone());
    options.data.clone_from(&args.data);
    options.rate_limit = args.rate_limit;
    options.revision = common.revision;
    options
}

/// Waits until the process is asked to end.
async fn ended() -> io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};

        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        std::future::poll_fn(|context| {
            if interrupt.poll_recv(context).is_ready() || terminate.poll_recv(context).is_ready() {
                return std::task::Poll::Ready(());
            }
            std::task::Poll::Pending
        })
        .await;
        Ok(())
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
