//! Names and connections, marked where they fail.
//!
//! Nothing is sent before both are there. After that `ureq` reports the same errors for a connection
//! that broke, so a failure is marked while it is known to be early: as [`Error::Other`], which `ureq`
//! itself does not make.

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport,
};

use crate::mask::Unmasking;

/// A part of `ureq` whose failures mean that nothing was sent.
#[derive(Debug, Default)]
pub(crate) struct Early<T>(T);

impl Resolver for Early<DefaultResolver> {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        self.0.resolve(uri, config, timeout).map_err(mark)
    }
}

impl Connector for Early<DefaultConnector> {
    type Out = Box<dyn Transport>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<Self::Out>, Error> {
        let connection = self.0.connect(details, chained).map_err(mark)?;
        Ok(connection.map(|connection| Unmasking(connection).boxed()))
    }
}

fn mark(error: Error) -> Error {
    match error {
        // A timeout says itself what took too long. A connection to a proxy is marked already.
        Error::Timeout(_) | Error::Other(_) => error,
        error => Error::Other(Box::new(error)),
    }
}
