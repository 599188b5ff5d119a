//! The keyring: Secret Service on Linux and the BSDs, the Keychain of macOS, the Credential Manager of Windows.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use keyring_core::{CredentialStore, Entry, Error};

use super::Trouble;

/// What every entry of ours is of.
const SERVICE: &str = "agentmc";

/// How long nothing is said while the keyring takes its time.
const SILENCE: Duration = Duration::from_secs(1);

pub(super) fn read(name: &str) -> Result<String, Trouble> {
    Ok(entry(store, name)?.get_password()?)
}

pub(super) fn write(name: &str, secret: &str) -> Result<(), Trouble> {
    Ok(entry(store, name)?.set_password(secret)?)
}

pub(super) fn remove(name: &str) -> Result<(), Trouble> {
    Ok(entry(store, name)?.delete_credential()?)
}

fn entry(
    store: impl FnOnce() -> keyring_core::Result<Arc<CredentialStore>>,
    name: &str,
) -> keyring_core::Result<Entry> {
    store()?.build(SERVICE, name, None)
}

#[cfg(any(target_os = "linux", target_os = "freebsd", target_os = "openbsd"))]
fn store() -> keyring_core::Result<Arc<CredentialStore>> {
    let is_set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let runtime = is_set("XDG_RUNTIME_DIR").map(std::path::PathBuf::from);
    if is_set("DBUS_SESSION_BUS_ADDRESS").is_none()
        && !runtime.is_some_and(|folder| folder.join("bus").exists())
    {
        // The D-Bus library speaks of X11 instead.
        return Err(Error::NotSupportedByStore("there is no session of D-Bus".to_owned()));
    }
    Ok(dbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn store() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(target_os = "windows")]
fn store() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new()?)
}

#[cfg(not(any(
    target_os = "linux",
    target_os = "freebsd",
    target_os = "openbsd",
    target_os = "macos",
    target_os = "windows"
)))]
fn store() -> keyring_core::Result<Arc<CredentialStore>> {
    Err(Error::NotSupportedByStore("this system has none that is known".to_owned()))
}

/// What `work` gives, if it does so in time. It goes on in the background if it does not: nobody can call off a
/// question to another program. `waiting` is called when it takes long.
pub(super) fn within<T: Send + 'static>(
    limit: Duration,
    waiting: impl FnOnce(),
    work: impl FnOnce() -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    let (answer, answers) = channel();
    // Nobody listens any more if it comes too late.
    thread::spawn(move || drop(answer.send(work())));
    let silence = limit.min(SILENCE);
    let answered = match answers.recv_timeout(silence) {
        Err(RecvTimeoutError::Timeout) if limit > silence => {
            waiting();
            answers.recv_timeout(limit - silence)
        }
        answered => answered,
    };
    answered.unwrap_or_else(|_| {
        let seconds = limit.as_secs_f64();
        Err(Trouble::Unusable(format!("it gives no answer within {seconds} s")))
    })
}

/// No message of the library shows a secret.
impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        match error {
            Error::NoEntry => Self::Missing,
            Error::PlatformFailure(error) | Error::NoStorageAccess(error) => {
                Self::Unusable(error.to_string())
            }
            Error::Ambiguous(_) => Self::Unusable("it has several entries of that name".to_owned()),
            Error::NotSupportedByStore(why) => Self::Unusable(why),
            Error::BadDataFormat(..) => Self::Unusable("what it has is no text".to_owned()),
            error => Self::Unusable(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::sync::Arc;
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use keyring_core::{CredentialStore, Error, mock};

    use super::{Trouble, entry, within};

    const NAME: &str = "default/api_key";

    fn kept(store: &Arc<CredentialStore>) -> Result<String, Trouble> {
        Ok(entry(|| Ok(Arc::clone(store)), NAME)?.get_password()?)
    }

    #[test]
    fn what_is_kept_is_read_and_what_is_removed_is_missing() {
        let store: Arc<CredentialStore> = mock::Store::new().unwrap();
        assert_eq!(kept(&store), Err(Trouble::Missing));
        let own = entry(|| Ok(Arc::clone(&store)), NAME).unwrap();
        own.set_password("cc_x").unwrap();
        assert_eq!(kept(&store).as_deref(), Ok("cc_x"));
        own.delete_credential().unwrap();
        assert_eq!(kept(&store), Err(Trouble::Missing));
    }

    #[test]
    fn trouble_is_told_without_what_is_secret() {
        let secret = b"s3cr3t\xff".to_vec();
        for error in [Error::BadEncoding(secret.clone()), Error::BadDataFormat(secret, "x".into())]
        {
            let Trouble::Unusable(why) = Trouble::from(error) else { panic!("it is unusable") };
            assert!(!why.contains("s3cr3t") && !why.contains("115"), "{why}");
        }
        let store = || Err(Error::NotSupportedByStore("there is none".to_owned()));
        let trouble = entry(store, NAME).map(|_| ()).map_err(Trouble::from);
        assert_eq!(trouble, Err(Trouble::Unusable("there is none".to_owned())));
    }

    #[test]
    fn a_keyring_that_gives_no_answer_is_waited_for_no_longer_than_it_may_take() {
        let (held, forever) = channel::<()>();
        let waits = Cell::new(0);
        let ended = within(
            Duration::from_millis(1020),
            || waits.set(waits.get() + 1),
            move || forever.recv().map_err(|_| Trouble::Missing),
        );
        assert_eq!(ended, Err(Trouble::Unusable("it gives no answer within 1.02 s".to_owned())));
        assert_eq!(waits.get(), 1, "it is said once that it takes long");
        drop(held);
        assert_eq!(within(Duration::from_secs(60), || (), || Ok(7)), Ok(7));
    }
}
