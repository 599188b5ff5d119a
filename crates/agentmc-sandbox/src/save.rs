//! A world as a file.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use crate::world::World;

pub(crate) mod base64;
pub(crate) mod revision;
pub(crate) mod rng;

const FORMAT: &str = "agentmc-sandbox";
const VERSION: u32 = 1;

/// What the name of a file that is being written ends with.
const DRAFT: &str = ".saving";

/// What the file is, before it is read as that.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

/// The whole file.
#[derive(Serialize, Deserialize)]
struct Document<W> {
    format: String,
    version: u32,
    world: W,
}

impl World {
    /// Writes everything there is to know to a file, which [`load`](Self::load) reads: a world that is loaded goes
    /// on exactly as this one would. Keys and the bytes of files are in it, so others may not read it.
    ///
    /// Whatever happens meanwhile, afterwards the file is either as it was or complete. The folder has another
    /// file while this one is written.
    ///
    /// # Errors
    ///
    /// When the folder or the disk does not allow it, or the path is that of a link or a folder.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        static DRAFTS: AtomicU64 = AtomicU64::new(0);
        let number = DRAFTS.fetch_add(1, Ordering::Relaxed);
        let draft = beside(path, &format!(".{}-{number}{DRAFT}", std::process::id()))?;
        let write = || {
            let file = create(&draft)?;
            let mut out = BufWriter::new(file);
            let document = Document { format: FORMAT.to_owned(), version: VERSION, world: self };
            serde_json::to_writer(&mut out, &document)?;
            out.write_all(b"\n")?;
            out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
            fs::rename(&draft, path)?;
            sync_folder(path)
        };
        write().map_err(|error| {
            // What is left of it is of no use; the error says what matters.
            let _ = fs::remove_file(&draft);
            named(path, &error)
        })
    }

    /// Reads a world that [`save`](Self::save) wrote.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or is none of these; the error names the file and, if it is damaged, the line
    /// and the member.
    pub fn load(path: &Path) -> io::Result<Self> {
        let bytes = fs::read(path).map_err(|error| named(path, &error))?;
        let damaged = |line: usize, what: String| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!("{}, line {line}: {what}", path.display()),
            )
        };
        let head: Head = serde_json::from_slice(&bytes)
            .map_err(|error| damaged(error.line(), format!("not a saved world: {error}")))?;
        if head.format != FORMAT {
            let what = format!("the format is `{}`, not `{FORMAT}`", head.format.escape_debug());
            return Err(damaged(1, what));
        }
        if head.version != VERSION {
            let what = format!("version {} is not known, only {VERSION} is", head.version);
            return Err(damaged(1, what));
        }
        let mut json = serde_json::Deserializer::from_slice(&bytes);
        let document: Document<Self> =
            serde_path_to_error::deserialize(&mut json).map_err(|error| {
                damaged(error.inner().line(), format!("{}: {}", error.path(), error.inner()))
            })?;
        Ok(document.world)
    }
}

/// The sole right to a file, as long as it is kept.
#[derive(Debug)]
pub(crate) struct Hold {
    /// Beside the file, which every saving replaces. It stays there: removing it would let go of it too early.
    _lock: File,
}

/// Takes the file that a sandbox is to keep its world in, reads the world that is there, if one is, and makes sure
/// that it can be saved.
pub(crate) fn open(path: &Path) -> io::Result<(Hold, Option<World>)> {
    let lock = beside(path, ".lock")?;
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let lock = options.open(&lock).map_err(|error| named(path, &error))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let why = io::Error::new(io::ErrorKind::ResourceBusy, "another sandbox has it");
            return Err(named(path, &why));
        }
        Err(TryLockError::Error(error)) => return Err(named(path, &error)),
    }
    clear(path).map_err(|error| named(path, &error))?;
    let draft = beside(path, DRAFT)?;
    let tried = create(&draft).and_then(|_| fs::remove_file(&draft));
    tried.map_err(|error| named(path, &error))?;
    let world = if fs::exists(path)? { Some(World::load(path)?) } else { None };
    Ok((Hold { _lock: lock }, world))
}

/// Removes what sandboxes that were killed while they saved have left.
fn clear(path: &Path) -> io::Result<()> {
    let draft = beside(path, ".")?;
    let begins = draft.file_name().unwrap_or_default().as_encoded_bytes();
    for entry in fs::read_dir(folder(path))? {
        let name = entry?.file_name();
        let rest = name.as_encoded_bytes().strip_prefix(begins);
        if rest.is_some_and(|rest| rest.ends_with(DRAFT.as_bytes())) {
            match fs::remove_file(path.with_file_name(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
    }
    Ok(())
}

/// The name of a file beside another: there a draft can be renamed to it.
fn beside(path: &Path, ending: &str) -> io::Result<PathBuf> {
    let refuse = |why: &str| named(path, &io::Error::new(io::ErrorKind::InvalidInput, why));
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => {
            return Err(refuse("it is a link, which saving would replace; name the file itself"));
        }
        Ok(found) if !found.is_file() => return Err(refuse("it is no file")),
        _ => {}
    }
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().ok_or_else(|| refuse("it has no file name"))?);
    name.push(ending);
    Ok(path.with_file_name(name))
}

/// A new file that nobody else may read.
fn create(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn folder(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or_else(|| Path::new("."))
}

/// Makes sure that a new name outlives a crash of the machine.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(folder(path))?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
