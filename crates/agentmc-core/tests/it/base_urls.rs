//! Base URLs: what is taken for one, and what is made of it.

use agentmc_core::ops::tasks::ShowTask;
use agentmc_core::{Api, BaseUrl, BaseUrlError, BuildError, Credential};
use proptest::prelude::*;
use proptest::sample::select;
use url::{Host, Url};

use crate::generate;

fn reading(text: &str) -> Result<String, BaseUrlError> {
    BaseUrl::new(text).map(|base| base.to_string())
}

#[test]
fn without_a_base_url_it_is_the_service() {
    let api = Api::new(Credential::api_key("cc_key").unwrap());
    assert_eq!(api.base().as_str(), "https://agentmc.ai/api/v1");
    assert_eq!(api.base().path(), "/api/v1");
    assert_eq!(BaseUrl::new(BaseUrl::DEFAULT).as_ref(), Ok(api.base()));
}

#[test]
fn base_urls_are_read_as_people_write_them() {
    for (text, base) in [
        ("https://agentmc.ai/api/v1", "https://agentmc.ai/api/v1"),
        ("https://agentmc.ai/api/v1/", "https://agentmc.ai/api/v1"),
        ("https://agentmc.ai/api/v1///", "https://agentmc.ai/api/v1"),
        ("  https://agentmc.ai/api/v1\n", "https://agentmc.ai/api/v1"),
        ("HTTPS://agentmc.ai/api/v1", "https://agentmc.ai/api/v1"),
        ("https://AgentMC.ai/api/v1", "https://AgentMC.ai/api/v1"),
        ("https://agentmc.ai", "https://agentmc.ai"),
        ("https://agentmc.ai/", "https://agentmc.ai"),
        ("https://agentmc.ai:8443/v2", "https://agentmc.ai:8443/v2"),
        ("https://agentmc.ai:1", "https://agentmc.ai:1"),
        ("https://agentmc.ai:65535", "https://agentmc.ai:65535"),
        ("https://agentmc.ai.", "https://agentmc.ai."),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("https://10.0.0.7/api/v1", "https://10.0.0.7/api/v1"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("https://h/a.b/..c/...", "https://h/a.b/..c/..."),
        ("https://h/a%20b", "https://h/a%20b"),
        // Without a scheme it is https; a bare host gets the service's own path.
        ("agentmc.ai", "https://agentmc.ai/api/v1"),
        ("agentmc.ai/", "https://agentmc.ai/api/v1"),
        ("agentmc.ai:8443", "https://agentmc.ai:8443/api/v1"),
        ("agentmc.ai/v2", "https://agentmc.ai/v2"),
        // This machine may be plain http, and is without a scheme.
        ("localhost", "http://localhost/api/v1"),
        ("localhost:8080", "http://localhost:8080/api/v1"),
        ("localhost.:8080", "http://localhost.:8080/api/v1"),
        ("LOCALHOST:8080", "http://LOCALHOST:8080/api/v1"),
        ("app.localhost:8080/x", "https://app.localhost:8080/x"),
        ("127.0.0.1", "http://127.0.0.1/api/v1"),
        ("127.1.2.3:9", "http://127.1.2.3:9/api/v1"),
        ("[::1]", "http://[::1]/api/v1"),
        ("[::1]:8080", "http://[::1]:8080/api/v1"),
        ("http://localhost:8080/api/v1/", "http://localhost:8080/api/v1"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("https://localhost:8443", "https://localhost:8443"),
    ] {
        assert_eq!(reading(text), Ok(base.to_owned()), "{text:?}");
    }
}

#[test]
fn what_is_no_base_url_is_refused_and_told_why() {
    use BaseUrlError::{Credentials, Dots, Empty, Malformed, PlainHttp, Query, Scheme};

    for (text, error) in [
        ("", Empty),
        (" \t\n", Empty),
        ("/", Empty),
        ("https://", Malformed),
        ("https:///api", Malformed),
        ("https://:8080", Malformed),
        ("https://agent mc.ai", Malformed),
        ("https://agentmc.ai/a b", Malformed),
        ("https://agentmc.ai:0", Malformed),
        ("https://agentmc.ai:99999", Malformed),
        ("https://agentmc.ai:80a", Malformed),
        ("https://agentmc.ai:", Malformed),
        ("https://agentmc.ai:-1", Malformed),
        ("https://bücher.example", Malformed),
        ("https://[::1", Malformed),
        ("https://a\u{0}b", Malformed),
        ("https://a\\b", Malformed),
        ("https://agentmc.ai/..\\x", Malformed),
        ("/api/v1", Malformed),
        ("ftp://agentmc.ai", Scheme),
        ("ws://agentmc.ai", Scheme),
        ("file:///etc/hosts", Malformed),
        ("https://user@agentmc.ai", Credentials),
        ("https://user:hunter2@agentmc.ai", Credentials),
        ("user:hunter2@agentmc.ai", Credentials),
        ("http://localhost@agentmc.ai", Credentials),
        ("https://agentmc.ai/api/v1?a=b", Query),
        ("https://agentmc.ai/api/v1?", Query),
        ("https://agentmc.ai/api/v1#top", Query),
        ("https://agentmc.ai/api/../v1", Dots),
        ("https://agentmc.ai/./v1", Dots),
        ("https://agentmc.ai/%2e%2E/v1", Dots),
        ("https://agentmc.ai/.%2e", Dots),
        ("http://agentmc.ai", PlainHttp),
        ("http://10.0.0.7:8080", PlainHttp),
        ("http://localhost.agentmc.ai", PlainHttp),
        ("http://127.0.0.1.agentmc.ai", PlainHttp),
        ("http://notlocalhost", PlainHttp),
        ("http://0.0.0.0", PlainHttp),
        ("http://[2001:db8::1]", PlainHttp),
    ] {
        assert_eq!(reading(text), Err(error), "{text:?}");
    }
}

#[test]
fn every_error_says_what_to_do_and_repeats_nothing() {
    for (error, message) in [
        (BaseUrlError::Empty, "the base URL is empty; it looks like https://agentmc.ai/api/v1"),
        (
            BaseUrlError::Malformed,
            "the base URL is not a URL; it looks like https://agentmc.ai/api/v1",
        ),
        (
            BaseUrlError::Scheme,
            "the base URL must start with https:// or, on this machine, http://",
        ),
        (
            BaseUrlError::Credentials,
            "the base URL must not hold a user name or password; give the credential to the client instead",
        ),
        (BaseUrlError::Query, "the base URL must not have a query or a fragment"),
        (BaseUrlError::Dots, "the base URL must not have `.` or `..` in its path"),
        (
            BaseUrlError::PlainHttp,
            "plain http would send the credential unencrypted; use https, or allow plain http explicitly",
        ),
    ] {
        assert_eq!(error.to_string(), message);
        assert_eq!(BuildError::from(error).to_string(), message);
    }
    let error = Api::anonymous().base_url("https://user:hunter2@agentmc.ai").unwrap_err();
    assert_eq!((error.operation(), error.parameter()), (None, None));
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

#[test]
fn plain_http_to_another_machine_may_be_allowed() {
    let base = BaseUrl::allowing_plain_http("http://10.0.0.7:8080/api/v1/").unwrap();
    assert_eq!(base.as_str(), "http://10.0.0.7:8080/api/v1");
    assert_eq!(
        BaseUrl::allowing_plain_http("agentmc.ai").unwrap().as_str(),
        "https://agentmc.ai/api/v1"
    );
    assert_eq!(BaseUrl::allowing_plain_http("ftp://agentmc.ai"), Err(BaseUrlError::Scheme));
    assert_eq!(BaseUrl::allowing_plain_http("http://u@agentmc.ai"), Err(BaseUrlError::Credentials));
}

#[test]
fn an_origin_is_scheme_host_and_port() {
    let base = BaseUrl::new("https://agentmc.ai/api/v1").unwrap();
    let is_origin = |uri: &str| base.is_origin_of(&uri.parse().unwrap());
    for uri in ["https://agentmc.ai", "https://AGENTMC.AI/other", "https://agentmc.ai:443/api?x=y"]
    {
        assert!(is_origin(uri), "{uri}");
    }
    for uri in [
        "http://agentmc.ai",
        "https://agentmc.ai:8443",
        "https://api.agentmc.ai",
        "https://agentmc.ai.evil.example",
        "/api/v1",
    ] {
        assert!(!is_origin(uri), "{uri}");
    }
}

/// Texts that look more or less like base URLs.
fn texts() -> impl Strategy<Value = String> {
    let part = |parts: &'static [&'static str]| prop_oneof![4 => select(parts).prop_map(str::to_owned), 1 => generate::text(0, 4)];
    let scheme = part(&["", "https://", "http://", "HTTP://", "https:/", "ftp://", "//"]);
    let user = part(&["", "", "", "user@", "user:hunter2@"]);
    let host = part(&[
        "agentmc.ai",
        "localhost",
        "127.0.0.1",
        "[::1]",
        "127.1",
        "0x7f.1",
        "localhost.",
        "a..b",
        "-",
        "[::ffff:127.0.0.1]",
        "",
    ]);
    let port = part(&["", "", ":443", ":80", ":8080", ":0", ":99999", ":"]);
    let path = part(&[
        "", "/", "/api/v1", "/api/v1/", "//x", "/..", "/%2e%2e", "/a%2Fb", "/a?b", "/a#b", "/\\x",
    ]);
    (scheme, user, host, port, path)
        .prop_map(|(scheme, user, host, port, path)| [scheme, user, host, port, path].concat())
}

/// Requests of an accepted base go to its origin, as an independent reader of URLs sees it.
fn requests_stay_at(base: &BaseUrl) -> Result<(), String> {
    let api = Api::new(Credential::api_key("cc_key").unwrap()).at(base.clone());
    let call = api.call(&ShowTask::new(7)).map_err(|error| error.to_string())?;
    let uri = call.request().uri();
    // What the other reader takes for no URL is a host that nobody reaches.
    let Ok(base_url) = Url::parse(base.as_str()) else { return Ok(()) };
    let url = Url::parse(&uri.to_string()).map_err(|error| format!("{uri}: {error}"))?;
    let ends_well = url.path() == format!("{}/tasks/7", base_url.path().trim_end_matches('/'));
    if base.is_origin_of(uri) && base_url.origin() == url.origin() && ends_well {
        Ok(())
    } else {
        Err(format!("{base} leads to {url}"))
    }
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.strip_suffix('.').unwrap_or(name);
            name == "localhost"
        }
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[test]
fn whatever_is_accepted_keeps_requests_at_its_origin() {
    let result = generate::run(2048, &texts(), |text| {
        let _ = BaseUrl::allowing_plain_http(&text);
        let Ok(base) = BaseUrl::new(&text) else { return Ok(()) };
        requests_stay_at(&base)?;
        let Ok(url) = Url::parse(base.as_str()) else { return Ok(()) };
        if !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some()
        {
            return Err(format!("{base} holds what it must not"));
        }
        if url.scheme() == "http" && !is_this_machine(&url) {
            Err(format!("{base} is plain http to another machine"))
        } else {
            Ok(())
        }
    });
    assert_eq!(result, Ok(()));
}

#[test]
fn any_text_is_read_or_refused() {
    let result = generate::run(1024, &generate::text(0, 24), |text| {
        BaseUrl::new(&text).map_or(Ok(()), |base| requests_stay_at(&base))
    });
    assert_eq!(result, Ok(()));
}
