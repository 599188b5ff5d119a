//! The file that profiles are kept in: a table for each, under its name.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use agentmc_core::endpoint::Auth;
use etcetera::BaseStrategy;
use toml_edit::{Array, DocumentMut, Item, TableLike};

use super::{Profile, fields};
use crate::config::kind;
use crate::failure::Failure;
use crate::input;

/// Where the file is, whether it is there or not; none where there is no home.
pub(crate) fn path() -> Option<PathBuf> {
    let folders = etcetera::choose_base_strategy().ok()?;
    Some(folders.config_dir().join("agentmc").join("profiles.toml"))
}

/// Every profile; none if there is no file.
pub(crate) fn read() -> Result<BTreeMap<String, Profile>, Failure> {
    let Some(path) = path() else { return Ok(BTreeMap::new()) };
    let Some(text) = text(&path)? else { return Ok(BTreeMap::new()) };
    let profiles: BTreeMap<String, Profile> = match toml_edit::de::from_str(&text) {
        Ok(profiles) => profiles,
        Err(error) => {
            // Whether it holds a credential cannot be told, so it is taken to hold one.
            refuse_readers(&path)?;
            return Err(wrong(&path, &text, &error));
        }
    };
    let in_file = |profile: &Profile| Auth::ALL.iter().any(|auth| profile.in_file(*auth).is_some());
    if profiles.values().any(in_file) {
        refuse_readers(&path)?;
    }
    Ok(profiles)
}

/// The text of the file; none if it is not there. What is no file might never end, or never begin.
fn text(path: &Path) -> Result<Option<String>, Failure> {
    let read = || {
        if !std::fs::metadata(path)?.is_file() {
            return Err(io::Error::other("that is no file"));
        }
        String::from_utf8(input::file(path)?).map_err(io::Error::other)
    };
    match read() {
        Ok(text) => Ok(Some(text)),
        Err(error)
            if [io::ErrorKind::NotFound, io::ErrorKind::NotADirectory].contains(&error.kind()) =>
        {
            Ok(None)
        }
        Err(error) => Err(Failure::input(format!(
            "the profiles in {} cannot be read: {error}",
            path.display()
        ))),
    }
}

/// What is wrong, and on which line. Neither the line itself is shown nor what a parser says of it: either may hold a
/// key.
fn wrong(path: &Path, text: &str, error: &toml_edit::de::Error) -> Failure {
    let before = error.span().and_then(|span| text.get(..span.start));
    let (mut line, mut problem) = (String::new(), fields::ALL.to_owned());
    if let Some(before) = before {
        let index = before.matches('\n').count();
        line = format!(" on line {}", index + 1);
        problem = fields::expected(text, index);
    }
    Failure::input(format!("the profiles in {} are wrong{line}: {problem}", path.display()))
}

/// Refuses a file with a credential that others can read.
#[cfg(unix)]
fn refuse_readers(path: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;

    let metadata = std::fs::metadata(path);
    let mode = metadata.map_or(0, |metadata| metadata.permissions().mode() & 0o777);
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let path = path.display();
    Err(Failure::input(format!(
        "{path} holds a credential, and others can read it (mode {mode:04o}): run `chmod 600 '{path}'`"
    )))
}

/// Elsewhere the folder belongs to the user alone.
#[cfg(not(unix))]
fn refuse_readers(_: &Path) -> Result<(), Failure> {
    Ok(())
}

/// Keeps a credential in a profile, or that it is in the keyring, and the server it is for; the rest of the file stays
/// as it is. An older one that could not be taken from the keyring is still listed. Gives where the file is.
pub(crate) fn store(
    profile: &str,
    base_url: Option<&str>,
    auth: Auth,
    secret: Option<&str>,
    still_listed: bool,
) -> Result<PathBuf, Failure> {
    let path = path().ok_or_else(|| Failure::input("there is no home to keep profiles in"))?;
    let _lock = locked(&path)?;
    let mut document = document(&path)?;
    let table = document.entry(profile).or_insert_with(toml_edit::table);
    if let Some(table) = table.as_table_like_mut() {
        if let Some(url) = base_url {
            set(table, "base_url", url);
        }
        match secret {
            Some(secret) => {
                if !still_listed {
                    unlist(table, auth);
                }
                set(table, kind(auth), secret);
            }
            None => {
                table.remove(kind(auth));
                list(table, auth);
            }
        }
    }
    write(&path, &document.to_string())?;
    Ok(path)
}

/// Takes a credential out of a profile; false if it has none.
pub(crate) fn remove(profile: &str, auth: Auth) -> Result<bool, Failure> {
    let Some(path) = path().filter(|path| path.exists()) else { return Ok(false) };
    let _lock = locked(&path)?;
    let mut document = document(&path)?;
    let Some(table) = document.get_mut(profile).and_then(Item::as_table_like_mut) else {
        return Ok(false);
    };
    let removed = table.remove(kind(auth)).is_some() | unlist(table, auth);
    if removed {
        write(&path, &document.to_string())?;
    }
    Ok(removed)
}

/// Keeps others from changing the file, until the lock is dropped: what they have changed must not be lost.
fn locked(path: &Path) -> Result<File, Failure> {
    let locked = || -> io::Result<File> {
        make_private(path.parent().unwrap_or_else(|| Path::new(".")))?;
        // The file itself is replaced at each change, and another one locked by whoever comes next.
        let lock = File::create(path.with_extension("lock"))?;
        match lock.lock() {
            // Some file systems have no locks; the file is still written whole.
            Err(error) if error.kind() != io::ErrorKind::Unsupported => Err(error),
            _ => Ok(lock),
        }
    };
    locked().map_err(|error| unwritable(path, error))
}

fn unwritable(path: &Path, error: io::Error) -> Failure {
    Failure::io(format!("{} cannot be written", path.display()), error)
}

/// The list of what is in the keyring.
const KEYRING: &str = "keyring";

/// Lists a credential as kept in the keyring.
fn list(table: &mut dyn TableLike, auth: Auth) {
    let listed = table.get_mut(KEYRING).and_then(Item::as_array_mut);
    match listed {
        Some(listed) if listed.iter().any(|name| name.as_str() == Some(kind(auth))) => {}
        Some(listed) => listed.push(kind(auth)),
        None => {
            table.insert(KEYRING, toml_edit::value(Array::from_iter([kind(auth)])));
        }
    }
}

/// Lists it no longer; false if it was not listed.
fn unlist(table: &mut dyn TableLike, auth: Auth) -> bool {
    let Some(listed) = table.get_mut(KEYRING).and_then(Item::as_array_mut) else { return false };
    let before = listed.len();
    listed.retain(|name| name.as_str() != Some(kind(auth)));
    let removed = listed.len() < before;
    if listed.is_empty() {
        table.remove(KEYRING);
    }
    removed
}

/// The file as it stands, with its comments.
fn document(path: &Path) -> Result<DocumentMut, Failure> {
    let text = text(path)?.unwrap_or_default();
    text.parse().map_err(|error: toml_edit::TomlError| wrong(path, &text, &error.into()))
}

fn set(table: &mut dyn TableLike, name: &str, text: &str) {
    match table.get_mut(name) {
        Some(item) => *item = toml_edit::value(text),
        None => {
            table.insert(name, toml_edit::value(text));
        }
    }
}

/// Writes the file, whole or not at all, for its owner alone.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let written = || -> io::Result<()> {
        // A link to the file stays a link.
        let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let folder = path.parent().unwrap_or_else(|| Path::new("."));
        make_private(folder)?;
        // Such a file is readable and writable by its owner alone from the start.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    written().map_err(|error| unwritable(path, error))
}

/// Makes a folder for its owner alone, unless it is there.
#[cfg(unix)]
fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;

    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Elsewhere the folder above belongs to the user alone.
#[cfg(not(unix))]
fn make_private(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}
