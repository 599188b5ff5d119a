//! TLS for websockets, as `ureq` sets it up for requests: it does not give its own away.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use ureq::tls::{RootCerts, TlsConfig};

pub(super) fn config(from: &TlsConfig) -> Result<ClientConfig, String> {
    if from.disable_verification() {
        return Err("websockets are not opened to servers that are not verified".to_owned());
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| error.to_string())?;
    let mut roots = RootCertStore::empty();
    match from.root_certs() {
        RootCerts::Specific(certs) => {
            let certs = certs.iter().map(|cert| CertificateDer::from(cert.der()));
            roots.add_parsable_certificates(certs);
        }
        RootCerts::WebPki => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        _ => return Err("websockets need root certificates that are named".to_owned()),
    }
    let builder = builder.with_root_certificates(roots);
    let mut config = match from.client_cert() {
        None => builder.with_no_client_auth(),
        Some(own) => {
            let chain = own.certs().iter();
            let chain = chain.map(|cert| CertificateDer::from(cert.der().to_vec())).collect();
            let key = PrivateKeyDer::try_from(own.private_key().der().to_vec());
            let built = builder.with_client_auth_cert(chain, key.map_err(str::to_owned)?);
            built.map_err(|error| error.to_string())?
        }
    };
    config.enable_sni = from.use_sni();
    Ok(config)
}
