//! `agentmc auth login`.

use std::io::{self, IsTerminal, Read};

use agentmc_core::endpoint::Auth;
use agentmc_core::{Api, BaseUrl, Credential};

use super::{Login, UNCHECKED, Where, called, described, say, whose};
use crate::args::Common;
use crate::config;
use crate::failure::Failure;
use crate::keyring::{self, Trouble};
use crate::note;
use crate::output::Output;
use crate::profile::{Chosen, Store, file};
use crate::secrets::known;

/// What to do if the server refuses it.
const ADVICE: &str = "nothing was stored; check the key, and that it is of this server";

pub(super) fn run(
    common: &Common,
    login: Login,
    chosen: &Chosen,
    out: &mut Output,
) -> Result<(), Failure> {
    let auth = login.credential;
    let url = config::base_url(common)?;
    chosen.refuse_other_server(url.as_deref(), auth)?;
    let secret = match &common.api_key_file {
        Some(_) if auth != Auth::ApiKey => {
            return Err(Failure::input("--api-key-file is for an api_key"));
        }
        Some(file) => config::read_key(file)?,
        None => typed(auth)?,
    };
    let secret = secret.trim();
    known::load(secret);
    if secret.is_empty() {
        return Err(Failure::input(match auth {
            Auth::ApiKey => "no API key was given".to_owned(),
            auth => format!("no {} was given", called(auth)),
        }));
    }
    let api = config::tuned(Api::anonymous(), common).credential(Credential::new(auth, secret)?);
    let api = config::placed(api, url.as_deref(), common)?;
    let whose = whose::asked(api, auth, ADVICE)?;

    let kept = keep(common, login, chosen, secret)?;
    let store = kept.store;
    let in_file = (store == Store::File).then_some(secret);
    let stored = file::store(&chosen.name, url.as_deref(), auth, in_file, kept.leaves_older);
    let path = stored.inspect_err(|_| {
        // What is in no profile is found by nobody, and must not count for the server that one is for.
        if store == Store::Keyring
            && let Err(trouble) = keyring::remove(&chosen.name, auth, common)
        {
            note::say(
                common.quiet,
                &format!("the keyring has it all the same ({})", trouble.why()),
            );
        }
    })?;
    let shown = url.as_deref().unwrap_or(BaseUrl::DEFAULT);
    let place = match store {
        Store::Keyring => "the keyring of this system".to_owned(),
        Store::File => path.display().to_string(),
    };
    let name = &chosen.name;
    let text = match &whose {
        Some(whose) => format!(
            "The {} is accepted at {shown}{whose}. It is kept for profile {name}, in {place}.",
            called(auth)
        ),
        None => {
            format!("The {} is kept for profile {name}, in {place}; {UNCHECKED}.", called(auth))
        }
    };
    let mut json = described(auth, chosen, shown, whose.as_ref());
    json["store"] = store.as_str().into();
    json["file"] = path.display().to_string().into();
    say(out, &json, &text)
}

/// Where a credential is to be kept.
struct Kept {
    store: Store,
    /// Whether the keyring has an older one that could not be removed.
    leaves_older: bool,
}

/// Keeps it in the keyring if it can and may, and says where it is to be kept.
fn keep(common: &Common, login: Login, chosen: &Chosen, secret: &str) -> Result<Kept, Failure> {
    let (auth, name) = (login.credential, &chosen.name);
    if login.store != Some(Where::File) {
        match keyring::write(name, auth, secret, common) {
            Ok(()) => return Ok(Kept { store: Store::Keyring, leaves_older: false }),
            Err(trouble) if login.store == Some(Where::Keyring) => {
                return Err(trouble.failure("the keyring cannot be used, and nothing was stored"));
            }
            Err(Trouble::Off) => {}
            Err(trouble) => {
                let (why, what) = (trouble.why(), called(auth));
                let note =
                    format!("the keyring cannot be used ({why}); the {what} goes to the file");
                note::say(common.quiet, &note);
            }
        }
    }
    let older = chosen.profile.as_ref().is_some_and(|profile| profile.is_in_keyring(auth));
    let left = if older { keyring::remove(name, auth, common).err() } else { None };
    if let Some(trouble) = &left {
        let why = trouble.why();
        let note = format!(
            "the older one in the keyring stays there ({why}); `agentmc auth logout` removes both"
        );
        note::say(common.quiet, &note);
    }
    Ok(Kept { store: Store::File, leaves_older: left.is_some() })
}

/// The longest secret that is read, in bytes.
const LONGEST: u64 = 64 << 10;

/// The secret, from the terminal without showing it, or from standard input.
fn typed(auth: Auth) -> Result<String, Failure> {
    let unreadable = |error| Failure::io(format!("the {} cannot be read", called(auth)), error);
    if io::stdin().is_terminal() {
        let prompt = match auth {
            Auth::ApiKey => "API key: ".to_owned(),
            auth => format!("{}: ", called(auth)),
        };
        return rpassword::prompt_password(prompt).map_err(unreadable);
    }
    let mut text = String::new();
    io::stdin().take(LONGEST).read_to_string(&mut text).map_err(unreadable)?;
    Ok(text)
}
