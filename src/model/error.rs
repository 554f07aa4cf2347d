use std::fmt;
use std::io;

/// Why a file, or a part of it, was not inspected. The words of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The operating system refused.
    PermissionDenied,
    /// It was gone when its turn came.
    Vanished,
    /// Reading failed.
    ReadFailed,
    /// The file changed while it was read.
    Changed,
    /// A symbolic link that was not followed.
    Link,
    /// A link that leads back to a folder above it.
    LinkLoop,
    /// A socket, pipe or device.
    Special,
    /// Stands on another file system and `--one-file-system` was given.
    OtherFileSystem,
    /// Larger than `--max-file-size`.
    TooLarge,
    /// No known format, and not text.
    Binary,
    /// A known format that is not read yet.
    UnsupportedFormat,
    /// Locked by a password.
    Encrypted,
    /// The format's own structure is broken.
    Damaged,
    /// Cut off before its end.
    Truncated,
    /// A limit on depth, ratio, members, bytes or time was reached.
    LimitReached,
    /// Pages or pictures without a text layer.
    NeedsOcr,
    /// A program that would be needed is not installed.
    MissingProgram,
    /// Some characters could not be decoded.
    UndecodableText,
    /// The format's engine broke down.
    EngineFailed,
    /// No copy: personal data was still found in it.
    LeftoversFound,
    /// No copy: writing failed.
    WriteFailed,
    /// No copy: this format cannot be written back.
    NotWritable,
    /// The run was stopped.
    Interrupted,
    /// Left out by the command line.
    Excluded,
}

impl Reason {
    /// All of them.
    pub const ALL: [Reason; 24] = [
        Reason::PermissionDenied,
        Reason::Vanished,
        Reason::ReadFailed,
        Reason::Changed,
        Reason::Link,
        Reason::LinkLoop,
        Reason::Special,
        Reason::OtherFileSystem,
        Reason::TooLarge,
        Reason::Binary,
        Reason::UnsupportedFormat,
        Reason::Encrypted,
        Reason::Damaged,
        Reason::Truncated,
        Reason::LimitReached,
        Reason::NeedsOcr,
        Reason::MissingProgram,
        Reason::UndecodableText,
        Reason::EngineFailed,
        Reason::LeftoversFound,
        Reason::WriteFailed,
        Reason::NotWritable,
        Reason::Interrupted,
        Reason::Excluded,
    ];

    /// The word that reports use.
    pub fn code(self) -> &'static str {
        match self {
            Reason::PermissionDenied => "permission_denied",
            Reason::Vanished => "vanished",
            Reason::ReadFailed => "read_failed",
            Reason::Changed => "changed_while_read",
            Reason::Link => "link",
            Reason::LinkLoop => "link_loop",
            Reason::Special => "special_file",
            Reason::OtherFileSystem => "other_file_system",
            Reason::TooLarge => "too_large",
            Reason::Binary => "binary",
            Reason::UnsupportedFormat => "unsupported_format",
            Reason::Encrypted => "encrypted",
            Reason::Damaged => "damaged",
            Reason::Truncated => "truncated",
            Reason::LimitReached => "limit_reached",
            Reason::NeedsOcr => "needs_ocr",
            Reason::MissingProgram => "missing_program",
            Reason::UndecodableText => "undecodable_text",
            Reason::EngineFailed => "engine_failed",
            Reason::LeftoversFound => "leftovers_found",
            Reason::WriteFailed => "write_failed",
            Reason::NotWritable => "not_writable",
            Reason::Interrupted => "interrupted",
            Reason::Excluded => "excluded",
        }
    }
}

/// Why reading or rewriting stopped. The text never holds a value from the file.
#[derive(Debug)]
#[non_exhaustive]
pub struct ReadError {
    /// The class of the failure.
    pub reason: Reason,
    /// Where: an offset, a part, a row; and what was expected.
    pub detail: String,
    /// The cause, where the system gave one.
    pub source: Option<io::Error>,
}

impl ReadError {
    /// An error of a class with a place and an explanation that holds no value.
    pub fn new(reason: Reason, detail: impl Into<String>) -> ReadError {
        ReadError { reason, detail: detail.into(), source: None }
    }
    /// The file's own structure is broken.
    pub fn damaged(detail: impl Into<String>) -> ReadError {
        ReadError::new(Reason::Damaged, detail)
    }
    /// A limit was reached.
    pub fn limit(detail: impl Into<String>) -> ReadError {
        ReadError::new(Reason::LimitReached, detail)
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason.code())?;
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        if let Some(e) = &self.source {
            write!(f, " ({e})")?;
        }
        Ok(())
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|e| e as _)
    }
}

impl From<io::Error> for ReadError {
    fn from(e: io::Error) -> ReadError {
        // a reader inside another one can only speak in io::Error: what it really said is taken out again
        let e = match e.downcast::<ReadError>() {
            Ok(own) => return own,
            Err(e) => e,
        };
        let reason = match e.kind() {
            io::ErrorKind::PermissionDenied => Reason::PermissionDenied,
            io::ErrorKind::NotFound => Reason::Vanished,
            io::ErrorKind::UnexpectedEof => Reason::Truncated,
            io::ErrorKind::InvalidData => Reason::Damaged,
            io::ErrorKind::Unsupported => Reason::UnsupportedFormat,
            _ => Reason::ReadFailed,
        };
        ReadError { reason, detail: String::new(), source: Some(e) }
    }
}
