//! Every operation type, behind functions that do not name it.

use agentmc_core::{Api, BuildError, Call, Endpoint, Operation};
use serde_json::{Map, Value};

/// The call of an operation, and the JSON of its value.
pub(crate) type Called = Result<(Call, Value), BuildError>;

/// An operation type.
pub(crate) struct Typed {
    pub(crate) endpoint: &'static Endpoint,
    /// Makes the operation of parameters, and calls it.
    pub(crate) call: fn(&Api, Map<String, Value>) -> Called,
}

macro_rules! typed {
    ($($operation:ty),+) => {
        pub(crate) const TYPED: &[Typed] = &[
            $(Typed { endpoint: <$operation as Operation>::ENDPOINT, call: call::<$operation> }),+
        ];
    };
}

agentmc_core::for_each_operation!(typed);

fn call<O: Operation>(api: &Api, params: Map<String, Value>) -> Called {
    let operation = O::from_params(params)?;
    let json = serde_json::to_value(&operation).unwrap();
    Ok((api.call(&operation)?, json))
}
