//! `agentmc call`.

use agentmc_core::find;

use crate::args::{Call, Common};
use crate::failure::Failure;
use crate::output::Output;
use crate::perform::{self, Request};
use crate::target::Target;
use crate::value;

pub(crate) fn run(common: &Common, args: &Call, out: &mut Output) -> Result<(), Failure> {
    let endpoint = find(&args.id)?;
    let params = value::params(endpoint, args.sending.json.as_deref(), &args.params)?;
    let (sending, view) = (args.sending.clone(), args.view.clone());
    let request = Request { endpoint, params, sending, view };
    request.refuse_repetition()?;
    perform::run(Target::new(common)?, common, request, out)
}
