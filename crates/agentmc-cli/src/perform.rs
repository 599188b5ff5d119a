//! A request: shown, or sent and answered.

use std::io::{self, IsTerminal};

use agentmc_blocking::{Client, Listing};
use agentmc_core::Endpoint;
use agentmc_core::endpoint::Method;
use agentmc_core::pages::Walk;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::args::Common;
use crate::failure::Failure;
use crate::output::{Output, Stream, records};
use crate::progress::Count;
use crate::resource::naming::Name;
use crate::resource::sending::Sending;
use crate::target::Target;
use crate::view::View;
use crate::{columns, curl, interrupt, request, watch};

/// What to do: an operation, its parameters, how to send it and what to show.
pub(crate) struct Request {
    pub(crate) endpoint: &'static Endpoint,
    pub(crate) params: Map<String, Value>,
    pub(crate) sending: Sending,
    pub(crate) view: View,
}

impl Request {
    /// Refuses to do again and again what changes something, and to fetch every page of what has none.
    pub(crate) fn refuse_repetition(&self) -> Result<(), Failure> {
        let id = self.endpoint.id;
        let problem = match self.endpoint.method {
            // Some listings have one page, and give it.
            Method::GET if self.sending.all && Name::of(self.endpoint).verb != "list" => {
                format!("--all fetches every page, and {id} lists nothing")
            }
            Method::GET => return Ok(()),
            _ if self.sending.all => format!("--all fetches every page, and {id} lists nothing"),
            _ if self.view.watch.is_some() => {
                format!("--watch looks again and again, and {id} does more than look")
            }
            _ => return Ok(()),
        };
        Err(Failure::Input(problem))
    }
}

/// Does it.
pub(crate) fn run(
    target: Target,
    common: &Common,
    request: Request,
    out: &mut Output,
) -> Result<(), Failure> {
    let Request { endpoint, params, sending, view } = request;
    out.at(target.now);
    if sending.only_shown() {
        let api = request::with_placeholder(target.api.clone(), endpoint)?;
        let call = api.call_by_name(endpoint.id, params)?;
        let auth = api.auth_for(endpoint);
        return if sending.curl {
            Ok(out.text(&curl::command(call.request(), auth))?)
        } else {
            request::print(endpoint, call.request(), &view, out)
        };
    }
    let revision = target.api.spoken_revision();
    if out.has_columns() {
        columns::refuse_unknown(&view, endpoint, revision)?;
    }
    let takes_text = out.takes_text() && view.query.is_none();
    let show = |reply, out: &mut Output| -> Result<(), Failure> {
        let reply = match reply {
            Reply::Raw(reply) => return Ok(out.raw(&reply)?),
            Reply::Value(reply) => reply,
        };
        let shown = view.of_reply(reply);
        if out.has_columns() {
            columns::refuse_unseen(&view, endpoint, revision, &records(&shown, &view))?;
        }
        Ok(out.reply(endpoint, &view, shown)?)
    };
    let client = Client::new(target.api.clone());
    let call = |params| -> Result<Reply, Failure> {
        Ok(if takes_text {
            Reply::Raw(client.call_raw(endpoint.id, params)?)
        } else {
            Reply::Value(client.call(endpoint.id, params)?)
        })
    };
    if let Some(every) = view.watch {
        return watch::run(every, common, out, |out| show(call(params.clone())?, out));
    }
    if sending.all {
        return all(&client, endpoint, params, &view, common, &show, out);
    }
    show(call(params)?, out)
}

/// What came of a call, as it is needed: as it came, or understood.
enum Reply {
    Raw(Box<RawValue>),
    Value(Value),
}

/// Every page of a listing, written as it comes, unless a query needs the whole.
fn all(
    client: &Client,
    endpoint: &'static Endpoint,
    params: Map<String, Value>,
    view: &View,
    common: &Common,
    show: &dyn Fn(Reply, &mut Output) -> Result<(), Failure>,
    out: &mut Output,
) -> Result<(), Failure> {
    // Where the items themselves can be seen to come, there is no need to count.
    let seen = view.query.is_none() && io::stdout().is_terminal();
    let mut count = Count::new(common.hides_progress() || seen);
    if view.query.is_some() {
        let mut items = client.list_by_name(endpoint.id, params)?;
        let mut found: Vec<Value> = Vec::new();
        while let Some(item) = items.next() {
            count.one_more(items.total());
            found.push(item?);
        }
        return show(Reply::Value(json!({"data": found})), out);
    }
    interrupt::end_in_between()?;
    if out.takes_text() {
        let items = client.list_raw(endpoint.id, params)?;
        each(items, &mut count, out.stream(endpoint, view), |stream, item| stream.raw(&item))
    } else {
        let items = client.list_by_name(endpoint.id, params)?;
        each(items, &mut count, out.stream(endpoint, view), Stream::item)
    }
}

/// Writes each item, and all that have come before more are waited for. After an error what was held back is written, too.
fn each<'a, W: Walk>(
    mut items: Listing<W>,
    count: &mut Count,
    mut stream: Stream<'a>,
    write: impl Fn(&mut Stream<'a>, W::Item) -> io::Result<()>,
) -> Result<(), Failure> {
    loop {
        if items.size_hint().0 == 0 {
            interrupt::whole(|| stream.pause())?;
        }
        let Some(item) = items.next() else { break };
        let item = match item {
            Ok(item) => item,
            Err(error) => {
                interrupt::whole(|| stream.stop())?;
                return Err(error.into());
            }
        };
        count.one_more(items.total());
        interrupt::whole(|| write(&mut stream, item))?;
    }
    interrupt::whole(|| stream.end())
}
