//! `agentmc sandbox`, and the server behind `--sandbox`.

use std::time::Duration;

use agentmc_core::{Api, Credential};
use agentmc_sandbox::{Options, Sandbox};
use serde_json::json;

use crate::args;
use crate::failure::Failure;
use crate::output::Output;

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
    common.refuse_target("`agentmc sandbox`, which is a server itself")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::io("the sandbox cannot start", error))?;
    let sandbox = Sandbox::with(options(args))
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
        }))?;
    } else {
        out.text(&format!(
            "AgentMC sandbox at {}\n\n  export AGENTMC_BASE_URL={}\n  export AGENTMC_API_KEY={}\n\n\
             Other keys: team {}, agent {}\nCtrl-C ends it.",
            sandbox.url(),
            sandbox.url(),
            keys.host_key,
            keys.team_key,
            keys.agent_key,
        ))?;
    }
    out.finish()?;
    runtime.block_on(ended()).map_err(|error| Failure::io("signals cannot be received", error))?;
    sandbox.save().map_err(|error| Failure::io("the world cannot be saved", error))
}

fn options(args: &args::Sandbox) -> Options {
    let mut options = Options::default()
        .port(args.port)
        .seed(args.seed)
        .latency(Duration::from_millis(args.latency))
        .faults(args.faults.clone());
    options.data.clone_from(&args.data);
    options.rate_limit = args.rate_limit;
    options
}

/// Waits until the process is asked to end.
async fn ended() -> std::io::Result<()> {
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
