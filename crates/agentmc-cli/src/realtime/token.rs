//! What proves that a session is claimed by us.

use std::io::{self, Write};
use std::path::Path;

use agentmc_blocking::realtime::Realtime;
use agentmc_core::types::Secret;

use super::Owner;
use crate::failure::Failure;
use crate::secrets::known;

/// The token in the file, or a new one. Nothing that is shown repeats it from then on.
pub(super) fn of(owner: &Owner, realtime: &Realtime) -> Result<Secret, Failure> {
    let token = chosen(owner, realtime)?;
    known::load(token.expose());
    Ok(token)
}

/// The token in the file, which is made if it is not there; without a file, one that nobody else has.
fn chosen(owner: &Owner, realtime: &Realtime) -> Result<Secret, Failure> {
    let own = realtime.owner_token();
    let Some(path) = &owner.owner_token_file else { return Ok(own) };
    let wrong = |problem: &str| {
        Failure::input(format!("the owner token file {} {problem}", path.display()))
    };
    match std::fs::read_to_string(path) {
        Ok(text) => match text.trim() {
            token if is_token(token) => Ok(token.to_owned().into()),
            _ => Err(wrong("holds no token: 16 to 128 of A-Z, a-z, 0-9, `:`, `_` and `-`")),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => match make(path, &own) {
            Ok(()) => Ok(own),
            Err(error) => Err(wrong(&format!("cannot be made: {error}"))),
        },
        Err(error) => Err(wrong(&format!("cannot be read: {error}"))),
    }
}

fn is_token(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b":_-".contains(&byte);
    (16..=128).contains(&text.len()) && text.bytes().all(is_allowed)
}

/// Makes the file, whole or not at all, for its owner alone.
fn make(path: &Path, token: &Secret) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or_else(|| Path::new(".")))?;
    writeln!(file, "{}", token.expose())?;
    file.persist_noclobber(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::is_token;

    #[test]
    fn a_token_is_what_the_service_takes_for_one() {
        assert!(is_token("agent-claim:16f4a0c2d9"));
        assert!(is_token(&"a".repeat(128)));
        for text in ["", "fifteen-letters", "with spaces and more", &"a".repeat(129)] {
            assert!(!is_token(text), "{text}");
        }
    }
}
