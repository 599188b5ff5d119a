//! `agentmc call`.

use agentmc_blocking::Client;
use agentmc_core::endpoint::Method;
use agentmc_core::{Api, Endpoint, find};
use serde_json::{Map, Value};

use crate::args::{Call, Common};
use crate::failure::Failure;
use crate::output::Output;
use crate::{config, curl, request, value};

pub(crate) fn run(common: &Common, args: &Call, out: &mut Output) -> Result<(), Failure> {
    let endpoint = find(&args.id)?;
    if args.all && endpoint.method != Method::GET {
        return Err(Failure::input(format!(
            "--all fetches every page, and {} lists nothing",
            endpoint.id
        )));
    }
    let params = value::params(endpoint, args.json.as_deref(), &args.params)?;
    #[cfg(feature = "sandbox")]
    if common.sandbox {
        let sandbox = crate::sandbox::fresh()?;
        return perform(
            config::tuned(crate::sandbox::api(&sandbox)?, common),
            endpoint,
            params,
            args,
            out,
        );
    }
    perform(config::api(common)?, endpoint, params, args, out)
}

fn perform(
    api: Api,
    endpoint: &'static Endpoint,
    params: Map<String, Value>,
    args: &Call,
    out: &mut Output,
) -> Result<(), Failure> {
    if args.dry_run || args.curl {
        let api = request::with_placeholder(api, endpoint)?;
        let call = api.call_by_name(endpoint.id, params)?;
        let auth = api.auth_for(endpoint);
        return if args.curl {
            Ok(out.text(&curl::command(call.request(), auth))?)
        } else {
            request::print(endpoint, call.request(), out)
        };
    }
    let client = Client::new(api);
    if !args.all {
        return Ok(out.value(&client.call(endpoint.id, params)?)?);
    }
    let items = client.list_by_name(endpoint.id, params)?;
    if out.is_json() {
        let mut count = 0;
        for item in items {
            out.json_item(count, &item?)?;
            count += 1;
        }
        return Ok(out.json_end(count)?);
    }
    let items: Vec<Value> = items.collect::<Result<_, _>>()?;
    Ok(out.value(&Value::Array(items))?)
}
