//! Credentials: which is used, where it goes, and that it is shown to nobody.

use agentmc_core::endpoint::Auth;
use agentmc_core::ops::boards::ListBoards;
use agentmc_core::{Api, BuildError, Call, Credential, OPERATIONS, Revision};
use http::header::{AUTHORIZATION, COOKIE, HeaderName};
use serde_json::Map;

use crate::samples::{self, SECRET};

type Make = fn(&str) -> Result<Credential, BuildError>;

const KINDS: &[(Make, &str)] = &[
    (Credential::api_key, "an API key"),
    (Credential::agent_token, "an agent token"),
    (Credential::bearer_token, "a bearer token"),
    (Credential::connect_token, "a connect token"),
    (Credential::session_cookie, "a session cookie"),
];

fn header<'a>(call: &'a Call, name: &str) -> Option<&'a str> {
    call.request().headers().get(name).map(|value| value.to_str().unwrap())
}

#[test]
fn a_secret_that_no_header_can_hold_is_refused_and_not_repeated() {
    for (make, noun) in KINDS {
        for secret in ["", "\t"] {
            assert_eq!(
                make(secret).unwrap_err().to_string(),
                format!("this cannot be {noun}: it is empty")
            );
        }
        for bad in ["\n", "\r\nX: y", "\0", "\u{7f}", "ключ"] {
            let error = make(&format!("{SECRET}{bad}")).unwrap_err();
            let message = format!(
                "this cannot be {noun}: a header value must be visible ASCII, without blanks around it"
            );
            assert_eq!(error.to_string(), message, "{bad:?}");
            assert!(!format!("{error:?}").contains(SECRET));
        }
    }
}

#[test]
fn a_session_cookie_takes_no_characters_that_end_a_cookie() {
    for bad in [";", ",", " ", "\"", "\\"] {
        assert!(Credential::session_cookie(&format!("{SECRET}{bad}x")).is_err(), "{bad:?}");
    }
    assert!(Credential::session_cookie("eyJpdiI6IjEifQ%3D%3D").is_ok());
}

#[test]
fn the_first_alternative_that_a_credential_fits_is_used() {
    let key = Credential::api_key("cc_key").unwrap();
    let cookie = Credential::session_cookie("abc").unwrap();
    let both = Api::new(cookie.clone()).credential(key);
    let call = both.call(&ListBoards::new()).unwrap();
    assert_eq!((header(&call, "x-api-key"), header(&call, "cookie")), (Some("cc_key"), None));

    let call = Api::new(cookie).call(&ListBoards::new()).unwrap();
    assert_eq!(
        (header(&call, "x-api-key"), header(&call, "cookie")),
        (None, Some("laravel_session=abc"))
    );

    let tokens = Api::new(Credential::bearer_token("b").unwrap())
        .credential(Credential::agent_token("a").unwrap());
    let call = tokens.revision(Revision::V0_1_1).call(&ListBoards::new()).unwrap();
    assert_eq!(header(&call, "authorization"), Some("Bearer a"));
}

#[test]
fn every_alternative_of_every_operation_goes_where_it_should() {
    for endpoint in OPERATIONS {
        for step in endpoint.history {
            for auth in step.auth {
                let (credential, name, value) = match auth {
                    Auth::ApiKey => (Credential::api_key("mca_key"), "x-api-key", "mca_key"),
                    Auth::AgentBearer => {
                        (Credential::agent_token("token"), "authorization", "Bearer token")
                    }
                    Auth::Bearer => {
                        (Credential::bearer_token("token"), "authorization", "Bearer token")
                    }
                    Auth::ConnectToken => {
                        (Credential::connect_token("token"), "authorization", "Bearer token")
                    }
                    Auth::SessionCookie => {
                        (Credential::session_cookie("token"), "cookie", "laravel_session=token")
                    }
                    auth => panic!("{auth:?} is not tested yet"),
                };
                let api = Api::new(credential.unwrap()).revision(step.revision).acting_as(1);
                let call =
                    api.call_by_name(step.id, samples::params(endpoint, step.revision)).unwrap();
                assert_eq!(header(&call, name), Some(value), "{} {}", endpoint.id, step.revision);
            }
        }
    }
}

#[test]
fn an_operation_no_credential_fits_is_refused_with_what_would() {
    let cookie = Api::new(Credential::session_cookie("abc").unwrap());
    let error = cookie.call_by_name("getAgentInstructions", Map::new()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "getAgentInstructions needs an API key in revision 0.3.169, and the client has none"
    );
    let error = Api::anonymous().call(&ListBoards::new()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "listBoards needs an API key or a session cookie in revision 0.3.169, and the client has none"
    );
    let old = cookie.revision(Revision::V0_1_1);
    assert_eq!(
        old.call(&ListBoards::new()).unwrap_err().to_string(),
        "listBoards needs an API key or an agent token or a bearer token in revision 0.1.1, and the client has none"
    );
    let error = old.call_by_name("connectAgent", Map::new()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "connectAgent needs a connect token in revision 0.1.1, and the client has none"
    );
}

#[test]
fn a_credential_takes_the_place_of_another_of_its_kind() {
    let api = Api::new(Credential::api_key("cc_old").unwrap())
        .credential(Credential::api_key("cc_new").unwrap());
    let call = api.call(&ListBoards::new()).unwrap();
    assert_eq!(
        call.request().headers().get_all("x-api-key").iter().collect::<Vec<_>>(),
        ["cc_new"]
    );
}

#[test]
fn a_connect_token_may_travel_in_another_header() {
    let name = HeaderName::from_static("x-connect-token");
    let token = Credential::connect_token("s3cr3t").unwrap().in_header(name.clone());
    assert_eq!(token.auth(), Auth::ConnectToken);
    let api = Api::new(token).revision(Revision::V0_1_1);
    let call = api.call_by_name("connectAgent", Map::new()).unwrap();
    assert_eq!(header(&call, "x-connect-token"), Some("s3cr3t"));
    assert!(call.request().headers().get(AUTHORIZATION).is_none());
    assert!(call.request().headers()[&name].is_sensitive());
}

#[test]
fn no_secret_is_shown() {
    for (make, _) in KINDS {
        let credential = make(SECRET).unwrap();
        assert_eq!(
            format!("{credential:?}"),
            format!("Credential({}, redacted)", credential.auth().as_str())
        );
    }
    for endpoint in OPERATIONS {
        for revision in endpoint.revisions() {
            let api = samples::api(revision);
            let call = api.call_by_name(endpoint.id, samples::params(endpoint, revision)).unwrap();
            for shown in [
                format!("{api:?}"),
                format!("{api:#?}"),
                format!("{call:?}"),
                format!("{:?}", call.request()),
            ] {
                assert!(!shown.contains(SECRET), "{shown}");
            }
            let sent = call.request().headers();
            let secret: Vec<_> =
                sent.values().filter(|value| value.to_str().unwrap().contains(SECRET)).collect();
            assert_eq!(secret.len(), 1, "{}", endpoint.id);
            assert!(secret[0].is_sensitive(), "{}", endpoint.id);
        }
    }
}

#[test]
fn a_credential_goes_into_its_header_alone() {
    let call = samples::api(Revision::LATEST).call(&ListBoards::new()).unwrap();
    assert!(call.request().headers().get(AUTHORIZATION).is_none());
    assert!(call.request().headers().get(COOKIE).is_none());
    assert!(!call.request().uri().to_string().contains(SECRET));
}
