//! What can go wrong with the bytes of a file.

use std::io;

use super::{Error, ErrorKind};
use crate::transfer::Checksum;

/// The bytes of a file could not be read or kept, or are not those they should be.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransferError {
    /// The content could not be read where it comes from, or written where it goes to.
    #[error("{operation}: the content cannot be {}", if *.reading { "read" } else { "written" })]
    Local {
        /// The operation.
        operation: &'static str,
        /// Whether reading failed, or else writing.
        reading: bool,
        /// Why.
        source: io::Error,
    },
    /// There are more or fewer bytes than there should be.
    #[error("{operation}: the content has {actual} bytes instead of {expected}")]
    Length {
        /// The operation.
        operation: &'static str,
        /// How many there should be.
        expected: u64,
        /// How many there are, as far as they were counted.
        actual: u64,
    },
    /// The bytes are not those they should be.
    #[error("{operation}: the content has the SHA-256 {actual} instead of {expected}")]
    Checksum {
        /// The operation.
        operation: &'static str,
        /// The checksum it should have.
        expected: Checksum,
        /// The checksum it has.
        actual: Checksum,
    },
    /// The content changed while it was transferred.
    #[error("{operation}: the content changed while it was transferred")]
    Changed {
        /// The operation.
        operation: &'static str,
    },
}

impl TransferError {
    /// The content of an upload cannot be read.
    #[must_use]
    pub const fn reading(source: io::Error) -> Self {
        Self::Local { operation: "createFileUpload", reading: true, source }
    }

    /// The content of a download cannot be written.
    #[must_use]
    pub const fn writing(source: io::Error) -> Self {
        Self::Local { operation: "downloadFile", reading: false, source }
    }

    /// The operation.
    #[must_use]
    pub const fn operation(&self) -> &'static str {
        match self {
            Self::Local { operation, .. }
            | Self::Length { operation, .. }
            | Self::Checksum { operation, .. }
            | Self::Changed { operation } => operation,
        }
    }

    pub(super) const fn kind(&self) -> ErrorKind {
        match self {
            Self::Local { .. } => ErrorKind::Local,
            Self::Length { .. } | Self::Checksum { .. } | Self::Changed { .. } => {
                ErrorKind::Integrity
            }
        }
    }
}

impl From<TransferError> for Error {
    fn from(error: TransferError) -> Self {
        Self::Transfer(Box::new(error))
    }
}
