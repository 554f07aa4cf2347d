use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::Arc;

use crate::model::ReadError;

use super::gentle::Throttle;

/// How many bytes a format may look at to recognise itself.
pub const HEAD: usize = 64 << 10;

/// The bytes of one file or member, read only.
///
/// An input is a file on disk, a piece of memory, or a stream that can be read once (the inside of a
/// gzip file). [`Input::head`] looks at the beginning without using it up.
pub struct Input {
    inner: Inner,
    head: Vec<u8>,
    head_read: bool,
    name: String,
    throttle: Option<Arc<Throttle>>,
}

enum Inner {
    File(Arc<File>, u64),
    Memory(Arc<[u8]>),
    Stream(Box<dyn Read + Send>),
}

impl Input {
    /// A file that was opened for reading. `name` is a hint for formats and never the place of anything.
    pub fn file(file: File, name: impl Into<String>) -> io::Result<Input> {
        let len = file.metadata()?.len();
        Ok(Input::shared(Arc::new(file), len, name))
    }

    /// The same for a file that others watch too, and whose length is known.
    pub fn shared(file: Arc<File>, len: u64, name: impl Into<String>) -> Input {
        Input {
            inner: Inner::File(file, len),
            head: Vec::new(),
            head_read: false,
            name: name.into(),
            throttle: None,
        }
    }

    /// Bytes in memory.
    pub fn memory(bytes: impl Into<Arc<[u8]>>, name: impl Into<String>) -> Input {
        Input {
            inner: Inner::Memory(bytes.into()),
            head: Vec::new(),
            head_read: false,
            name: name.into(),
            throttle: None,
        }
    }

    /// A stream that can be read once.
    pub fn stream(reader: Box<dyn Read + Send>, name: impl Into<String>) -> Input {
        Input {
            inner: Inner::Stream(reader),
            head: Vec::new(),
            head_read: false,
            name: name.into(),
            throttle: None,
        }
    }

    /// Reads from disk no faster than `throttle` allows.
    #[must_use]
    pub fn throttled(mut self, throttle: Option<Arc<Throttle>>) -> Input {
        self.throttle = throttle;
        self
    }

    /// The name of the file or member, without folders.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name by which the file on disk can be opened again, where the system has one that still stands.
    pub fn path(&self) -> Option<PathBuf> {
        match &self.inner {
            Inner::File(file, _) => path_of(file),
            Inner::Memory(_) | Inner::Stream(_) => None,
        }
    }

    /// The same bytes under another name.
    #[must_use]
    pub fn renamed(self, name: impl Into<String>) -> Input {
        Input { name: name.into(), ..self }
    }

    /// Length in bytes, where it is known before reading.
    pub fn len(&self) -> Option<u64> {
        match &self.inner {
            Inner::File(_, len) => Some(*len),
            Inner::Memory(bytes) => Some(bytes.len() as u64),
            Inner::Stream(_) => None,
        }
    }

    /// True where the length is known to be 0.
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// The first bytes, at most [`HEAD`].
    pub fn head(&mut self) -> io::Result<&[u8]> {
        if !self.head_read && !matches!(self.inner, Inner::Memory(_)) {
            let want = self.len().map_or(HEAD, |n| n.min(HEAD as u64) as usize);
            let mut head = vec![0; want];
            let mut got = 0;
            while got < want {
                let n = match &mut self.inner {
                    Inner::File(file, _) => read_at(file, &mut head[got..], got as u64)?,
                    Inner::Stream(reader) => retry(|| reader.read(&mut head[got..]))?,
                    Inner::Memory(_) => 0,
                };
                if n == 0 {
                    break;
                }
                got += n;
            }
            head.truncate(got);
            self.head = head;
            self.head_read = true;
        }
        Ok(match &self.inner {
            Inner::Memory(bytes) => &bytes[..bytes.len().min(HEAD)],
            _ => &self.head,
        })
    }

    /// All bytes, where they were read already; else the input again.
    ///
    /// # Errors
    /// The input itself, where it is not in memory as a whole.
    pub fn into_whole(self) -> Result<Vec<u8>, Input> {
        match self.inner {
            Inner::File(_, len) if self.head_read && self.head.len() as u64 == len => Ok(self.head),
            _ => Err(self),
        }
    }

    /// A small file was read to its end when its format was looked for: it need not be read again.
    fn settled(mut self) -> Input {
        if matches!(self.inner, Inner::File(_, len) if self.head_read && self.head.len() as u64 == len) {
            self.inner = Inner::Memory(std::mem::take(&mut self.head).into());
        }
        self
    }

    /// Reads from the first byte to the last, once.
    pub fn into_reader(self) -> Box<dyn Read + Send> {
        self.settled().reader()
    }

    fn reader(self) -> Box<dyn Read + Send> {
        match self.inner {
            Inner::File(file, len) => {
                Box::new(Seekable { inner: Store::File(file), len, at: 0, throttle: self.throttle })
            }
            Inner::Memory(bytes) => {
                let len = bytes.len() as u64;
                Box::new(Seekable { inner: Store::Memory(bytes), len, at: 0, throttle: None })
            }
            Inner::Stream(reader) => Box::new(io::Cursor::new(self.head).chain(reader)),
        }
    }

    /// Reads at any position. A stream is first taken into memory, and beyond `memory` bytes into an
    /// unnamed temporary file that vanishes with the process.
    ///
    /// # Errors
    /// `LimitReached` where the stream is longer than `limit` bytes; any error of reading.
    pub fn into_seekable(self, memory: usize, limit: u64) -> Result<Seekable, ReadError> {
        let this = self.settled();
        match this.inner {
            Inner::File(file, len) => {
                Ok(Seekable { inner: Store::File(file), len, at: 0, throttle: this.throttle })
            }
            Inner::Memory(bytes) => {
                let len = bytes.len() as u64;
                Ok(Seekable { inner: Store::Memory(bytes), len, at: 0, throttle: None })
            }
            Inner::Stream(reader) => {
                let mut reader = io::Cursor::new(this.head).chain(reader);
                let mut bytes = Vec::new();
                reader.by_ref().take(memory as u64 + 1).read_to_end(&mut bytes)?;
                if bytes.len() as u64 > limit {
                    return Err(ReadError::limit(format!("more than {limit} bytes unpacked")));
                }
                if bytes.len() <= memory {
                    let len = bytes.len() as u64;
                    return Ok(Seekable { inner: Store::Memory(bytes.into()), len, at: 0, throttle: None });
                }
                let mut file = tempfile::tempfile()?;
                file.write_all(&bytes)?;
                let mut len = bytes.len() as u64;
                len += io::copy(&mut reader.by_ref().take((limit - len).saturating_add(1)), &mut file)?;
                if len > limit {
                    return Err(ReadError::limit(format!("more than {limit} bytes unpacked")));
                }
                Ok(Seekable { inner: Store::File(Arc::new(file)), len, at: 0, throttle: None })
            }
        }
    }

    /// All bytes in memory.
    ///
    /// # Errors
    /// `LimitReached` where there are more than `limit`.
    pub fn into_bytes(self, limit: u64) -> Result<Arc<[u8]>, ReadError> {
        if let Inner::Memory(bytes) = self.inner {
            return Ok(bytes);
        }
        if self.len().is_some_and(|n| n > limit) {
            return Err(ReadError::limit(format!("more than {limit} bytes")));
        }
        let mut bytes = Vec::with_capacity(self.len().unwrap_or(0) as usize);
        self.into_reader().take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > limit {
            return Err(ReadError::limit(format!("more than {limit} bytes")));
        }
        Ok(bytes.into())
    }
}

/// An input that can be read at any position. Clones read the same bytes and keep positions of their own.
#[derive(Clone)]
pub struct Seekable {
    inner: Store,
    len: u64,
    at: u64,
    throttle: Option<Arc<Throttle>>,
}

#[derive(Clone)]
enum Store {
    File(Arc<File>),
    Memory(Arc<[u8]>),
}

impl Seekable {
    /// Length in bytes when it was opened.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// True where there is nothing.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The open file, for engines that want one; `None` for bytes in memory.
    pub fn as_file(&self) -> Option<&File> {
        match &self.inner {
            Store::File(file) => Some(file),
            Store::Memory(_) => None,
        }
    }

    /// The name by which the open file can be opened again, where the system has one that still stands.
    pub fn path(&self) -> Option<PathBuf> {
        path_of(self.as_file()?)
    }

    /// Back to an input, from the first byte.
    pub fn into_input(self, name: impl Into<String>) -> Input {
        let inner = match self.inner {
            Store::File(file) => Inner::File(file, self.len),
            Store::Memory(bytes) => Inner::Memory(bytes),
        };
        Input { inner, head: Vec::new(), head_read: false, name: name.into(), throttle: None }
    }
}

impl Read for Seekable {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        // a file that grows while it is read is read to the length it had, and told as changed
        let rest = usize::try_from(self.len.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let most = buf.len().min(rest);
        let buf = &mut buf[..most];
        let n = match &self.inner {
            Store::File(file) => read_at(file, buf, self.at)?,
            Store::Memory(bytes) => {
                let from = (self.at as usize).min(bytes.len());
                let n = buf.len().min(bytes.len() - from);
                buf[..n].copy_from_slice(&bytes[from..from + n]);
                n
            }
        };
        self.at += n as u64;
        if let Some(throttle) = &self.throttle {
            throttle.take(n);
        }
        Ok(n)
    }
}

impl Seek for Seekable {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(n) => Some(n),
            SeekFrom::End(d) => self.len.checked_add_signed(d),
            SeekFrom::Current(d) => self.at.checked_add_signed(d),
        };
        self.at =
            at.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "seek before the first byte"))?;
        Ok(self.at)
    }
}

#[cfg(target_os = "linux")]
fn path_of(file: &File) -> Option<PathBuf> {
    use std::os::fd::AsRawFd;
    let path = std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd())).ok()?;
    path.exists().then_some(path)
}

#[cfg(not(target_os = "linux"))]
fn path_of(_: &File) -> Option<PathBuf> {
    None
}

fn retry(mut f: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match f() {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            r => return r,
        }
    }
}

#[cfg(unix)]
fn read_at(file: &File, buf: &mut [u8], at: u64) -> io::Result<usize> {
    use std::os::unix::fs::FileExt;
    retry(|| file.read_at(buf, at))
}

#[cfg(windows)]
fn read_at(file: &File, buf: &mut [u8], at: u64) -> io::Result<usize> {
    use std::os::windows::fs::FileExt;
    retry(|| file.seek_read(buf, at))
}
