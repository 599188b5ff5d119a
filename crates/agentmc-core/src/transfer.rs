//! The bytes of files, to and from storage, without I/O.
//!
//! A file is more than one call: an [`Upload`] asks for a ticket, sends the bytes to storage and makes the file; a
//! [`Download`] asks what the file is and where it lies, and fetches it from there. Both are machines: a driver asks
//! for the next step, takes it, and reports what came of it.
//!
//! Storage is another origin. Requests to it carry what the ticket or the address says and never a credential. They
//! are repeated as the [`RetryPolicy`](crate::RetryPolicy) says; a URL that has expired is asked for once more, and a
//! download goes on where it broke off. What arrives is held against the size and the SHA-256 of the file.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::error::TransferError;

mod download;
mod media_type;
mod storage;
mod upload;

pub use download::{Content, Download, DownloadStep};
pub use media_type::media_type;
pub use upload::{NewFile, Upload, UploadStep};

/// How far a transfer has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// The bytes transferred. An upload that is repeated begins at 0 again.
    pub bytes: u64,
    /// The bytes there are in all.
    pub total: u64,
}

impl Progress {
    /// So many bytes of so many.
    #[must_use]
    pub const fn new(bytes: u64, total: u64) -> Self {
        Self { bytes, total }
    }
}

/// The SHA-256 of a file's bytes. Written as 64 hexadecimal digits in lower case.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Checksum([u8; 32]);

/// A text that is no [`Checksum`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a SHA-256 checksum is 64 hexadecimal digits")]
pub struct ChecksumError;

impl Checksum {
    /// The checksum of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl From<[u8; 32]> for Checksum {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl FromStr for Checksum {
    type Err = ChecksumError;

    fn from_str(text: &str) -> Result<Self, ChecksumError> {
        let digits = text.as_bytes();
        if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(ChecksumError);
        }
        let mut bytes = [0; 32];
        for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
            *byte = u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| ChecksumError)?;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Checksum({self})")
    }
}

/// Counts and sums up bytes on their way: exactly so many are expected.
#[derive(Clone)]
pub struct Meter {
    operation: &'static str,
    expected: u64,
    bytes: u64,
    hash: Sha256,
}

impl Meter {
    /// A meter for the content of an upload.
    #[must_use]
    pub fn of_upload(byte_size: u64) -> Self {
        Self::new(upload::OPERATION, byte_size)
    }

    pub(crate) fn new(operation: &'static str, expected: u64) -> Self {
        Self { operation, expected, bytes: 0, hash: Sha256::new() }
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    ///
    /// When they are more than expected.
    pub fn take(&mut self, piece: &[u8]) -> Result<Progress, TransferError> {
        self.bytes = self.bytes.saturating_add(piece.len() as u64);
        if self.bytes > self.expected {
            return Err(self.wrong_length());
        }
        self.hash.update(piece);
        Ok(self.progress())
    }

    /// How far it has come.
    #[must_use]
    pub const fn progress(&self) -> Progress {
        Progress::new(self.bytes, self.expected)
    }

    /// The checksum of all bytes.
    ///
    /// # Errors
    ///
    /// When there were fewer than expected.
    pub fn finish(self) -> Result<Checksum, TransferError> {
        if self.bytes < self.expected {
            return Err(self.wrong_length());
        }
        Ok(Checksum(self.hash.finalize().into()))
    }

    const fn wrong_length(&self) -> TransferError {
        let Self { operation, expected, bytes: actual, .. } = *self;
        TransferError::Length { operation, expected, actual }
    }
}

impl fmt::Debug for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meter").field("progress", &self.progress()).finish_non_exhaustive()
    }
}

/// Holds what arrived against what was expected, if anything was.
fn compare(
    operation: &'static str,
    expected: Option<Checksum>,
    actual: Checksum,
) -> Result<(), TransferError> {
    match expected {
        Some(expected) if expected != actual => {
            Err(TransferError::Checksum { operation, expected, actual })
        }
        _ => Ok(()),
    }
}

/// The checksum a file's record names, if it names one that can be read.
fn checksum_of(file: &agentmc_types::TeamFile) -> Option<Checksum> {
    file.checksum_sha256.as_deref().and_then(|sum| sum.parse().ok())
}
