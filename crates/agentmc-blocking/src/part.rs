//! A file that has its name only once it is complete.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Where a link at `path` leads.
fn beside(path: &Path, to: &Path) -> PathBuf {
    path.parent().map_or_else(|| to.to_owned(), |folder| folder.join(to))
}

/// A file in the making, beside where it will be. Dropped unfinished, it is gone.
#[derive(Debug)]
pub(crate) struct Part {
    file: NamedTempFile,
    path: PathBuf,
}

impl Part {
    /// Begins a file that will be at `path`; a link there is followed.
    pub(crate) fn new(path: &Path) -> io::Result<Self> {
        let (path, permissions) = match path.metadata() {
            Ok(there) if there.is_file() => (path.canonicalize()?, Some(there.permissions())),
            Ok(_) => return Err(io::Error::other("something other than a file is there")),
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            // Nothing is there, or a link that leads to nothing.
            Err(_) => {
                (path.read_link().map_or_else(|_| path.to_owned(), |to| beside(path, &to)), None)
            }
        };
        if path.file_name().is_none() || path.as_os_str().as_encoded_bytes().ends_with(b"/") {
            return Err(io::Error::new(ErrorKind::IsADirectory, "the path names no file"));
        }
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let mut builder = tempfile::Builder::new();
        builder.prefix(".agentmc-").suffix(".part");
        // As readable as any new file: the process's mask decides.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = builder.tempfile_in(folder)?;
        if let Some(permissions) = permissions {
            file.as_file().set_permissions(permissions)?;
        }
        Ok(Self { file, path })
    }

    pub(crate) fn file(&mut self) -> &mut File {
        self.file.as_file_mut()
    }

    /// Gives the file its name, once it is safe on its disk.
    pub(crate) fn finish(self) -> io::Result<()> {
        self.file.as_file().sync_all()?;
        self.file.persist(self.path).map(drop).map_err(|error| error.error)
    }
}
