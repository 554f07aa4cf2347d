//! One compressed file: gzip (RFC 1952, several members one after another), bzip2, xz, Zstandard (RFC 8878) and
//! LZ4 (frames, also those of old kernels).
//!
//! What is inside is a member that is read as a stream of unknown size; the copy is compressed anew without the
//! names, comments and extra fields that a gzip header can hold.

use std::io::{self, Read};
use std::sync::Arc;

use super::members::{self, Budget};
use super::{Document, Format, Info, Limits, Opened, Output, Visitor};
use crate::model::ReadError;
use crate::source::Input;

/// How the bytes are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Gzip,
    Bzip2,
    Xz,
    #[cfg(feature = "archives")]
    Zstd,
    #[cfg(feature = "archives")]
    Lz4,
}

/// A single compressed file of one method.
#[derive(Clone, Copy, Debug)]
pub struct Compressed(Method);

/// The format `gz`.
pub const GZIP: Compressed = Compressed(Method::Gzip);
/// The format `bz2`.
pub const BZIP2: Compressed = Compressed(Method::Bzip2);
/// The format `xz`.
pub const XZ: Compressed = Compressed(Method::Xz);
/// The format `zst`.
#[cfg(feature = "archives")]
pub const ZSTD: Compressed = Compressed(Method::Zstd);
/// The format `lz4`.
#[cfg(feature = "archives")]
pub const LZ4: Compressed = Compressed(Method::Lz4);

/// Largest dictionary of an xz stream in KiB (preset 9 needs 64 MiB).
const XZ_MEMORY_KB: u32 = 256 << 10;

/// Largest window of a Zstandard frame, as a power of 2 (`--ultra --long=27`, what `zstd -d` takes by default).
#[cfg(feature = "archives")]
const ZSTD_WINDOW: u32 = 27;

impl Format for Compressed {
    fn id(&self) -> &'static str {
        match self.0 {
            Method::Gzip => "gz",
            Method::Bzip2 => "bz2",
            Method::Xz => "xz",
            #[cfg(feature = "archives")]
            Method::Zstd => "zst",
            #[cfg(feature = "archives")]
            Method::Lz4 => "lz4",
        }
    }

    fn recognise(&self, head: &[u8], _name: &str) -> u8 {
        let yes = match self.0 {
            Method::Gzip => head.starts_with(&[0x1F, 0x8B, 8]),
            Method::Bzip2 => {
                head.starts_with(b"BZh")
                    && matches!(head.get(3), Some(b'1'..=b'9'))
                    && matches!(head.get(4..10), Some(b"1AY&SY" | b"\x17\x72\x45\x38\x50\x90"))
            }
            Method::Xz => head.starts_with(b"\xFD7zXZ\0"),
            #[cfg(feature = "archives")]
            Method::Zstd => {
                head.starts_with(&[0x28, 0xB5, 0x2F, 0xFD])
                    // a skippable frame, as pzstd and some backup programs write first
                    || (matches!(head.first(), Some(0x50..=0x5F)) && head.get(1..4) == Some(&[0x2A, 0x4D, 0x18]))
            }
            // a frame, and the form without a header of its own
            #[cfg(feature = "archives")]
            Method::Lz4 => {
                matches!(head.get(..4), Some(&[0x04, 0x22, 0x4D, 0x18] | &[0x02, 0x21, 0x4C, 0x18]))
            }
        };
        if yes { 100 } else { 0 }
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        Ok(Opened::Document(Box::new(Stream { method: self.0, input, limits: Arc::clone(limits) })))
    }
}

struct Stream {
    method: Method,
    input: Input,
    limits: Arc<Limits>,
}

impl Document for Stream {
    fn process(
        mut self: Box<Self>,
        visitor: &mut dyn Visitor,
        out: Option<&mut dyn Output>,
    ) -> Result<Info, ReadError> {
        let mut budget = Budget::new(&self.limits);
        budget.member()?;
        let name = inner_name(self.input.name());
        let packed = self.input.len();
        let mut mtime = 0;
        if self.method == Method::Gzip {
            let header = GzipHeader::read(self.input.head()?);
            mtime = header.mtime;
            for text in [header.name, header.comment].into_iter().flatten() {
                members::show(visitor, "gzip header", &members::decode_name(&text))?;
            }
        }
        let reader = decoder(self.method, self.input.into_reader())?;
        let reader = budget.guard(reader, packed, self.limits.total_bytes);
        let member = Input::stream(Box::new(reader), members::base_name(&name));
        let copy = members::visit(visitor, &name, member, out.is_some(), &self.limits)?;
        let Some(out) = out else { return Ok(Info::default()) };
        let Some(mut copy) = copy else {
            return Err(ReadError::new(
                crate::model::Reason::NotWritable,
                "the only member has no copy".to_owned(),
            ));
        };
        encode(self.method, mtime, &mut copy.bytes, out)?;
        Ok(Info::default())
    }
}

fn decoder(method: Method, reader: Box<dyn Read + Send>) -> Result<Box<dyn Read + Send>, ReadError> {
    Ok(match method {
        Method::Gzip => Box::new(flate2::read::MultiGzDecoder::new(reader)),
        Method::Bzip2 => Box::new(bzip2::read::MultiBzDecoder::new(reader)),
        Method::Xz => Box::new(lzma_rust2::XzReader::new_mem_limit(
            io::BufReader::with_capacity(64 << 10, reader),
            true,
            XZ_MEMORY_KB,
        )),
        #[cfg(feature = "archives")]
        Method::Zstd => {
            let mut decoder = zstd::Decoder::new(reader)?;
            decoder.window_log_max(ZSTD_WINDOW)?;
            Box::new(decoder)
        }
        #[cfg(feature = "archives")]
        Method::Lz4 => Box::new(Lz4Frames {
            decoder: lz4_flex::frame::FrameDecoder::new(io::BufReader::with_capacity(64 << 10, reader)),
            open: false,
        }),
    })
}

fn encode(method: Method, mtime: u32, from: &mut dyn Read, out: &mut dyn Output) -> Result<(), ReadError> {
    match method {
        Method::Gzip => {
            let mut to = flate2::GzBuilder::new().mtime(mtime).write(out, flate2::Compression::default());
            io::copy(from, &mut to)?;
            to.finish()?.flush()?;
        }
        Method::Bzip2 => {
            let mut to = bzip2::write::BzEncoder::new(out, bzip2::Compression::best());
            io::copy(from, &mut to)?;
            to.finish()?.flush()?;
        }
        Method::Xz => {
            let mut to = lzma_rust2::XzWriter::new(out, lzma_rust2::XzOptions::with_preset(4))?;
            io::copy(from, &mut to)?;
            to.finish()?.flush()?;
        }
        #[cfg(feature = "archives")]
        Method::Zstd => {
            let mut to = zstd::Encoder::new(out, 3)?;
            io::copy(from, &mut to)?;
            to.finish()?.flush()?;
        }
        #[cfg(feature = "archives")]
        Method::Lz4 => {
            let mut info = lz4_flex::frame::FrameInfo::new();
            info.content_checksum = true;
            let mut to = lz4_flex::frame::FrameEncoder::with_frame_info(info, out);
            io::copy(from, &mut to)?;
            to.finish().map_err(io::Error::from)?.flush()?;
        }
    }
    Ok(())
}

/// Frames one after another, as `cat` and log collectors join them: the decoder stops behind each.
#[cfg(feature = "archives")]
struct Lz4Frames<R: Read> {
    decoder: lz4_flex::frame::FrameDecoder<R>,
    /// Something came of the frame that is being read.
    open: bool,
}

#[cfg(feature = "archives")]
impl<R: Read> Read for Lz4Frames<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            let n = self.decoder.read(buf)?;
            if n == 0 && self.open && !buf.is_empty() {
                self.open = false;
                continue;
            }
            self.open = n > 0;
            return Ok(n);
        }
    }
}

/// The name of what is inside: `a.sql.gz` holds `a.sql`, `a.tgz` holds `a.tar`.
fn inner_name(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    for (ending, tar) in [
        (".gz", ""),
        (".bz2", ""),
        (".xz", ""),
        (".zst", ""),
        (".lz4", ""),
        (".tgz", ".tar"),
        (".tbz2", ".tar"),
        (".tbz", ".tar"),
        (".txz", ".tar"),
        (".tzst", ".tar"),
        (".svgz", ".svg"),
        (".emlz", ".eml"),
    ] {
        if lower.ends_with(ending) && name.len() > ending.len() {
            // an ASCII ending in the lower-case copy stands at the same place in the name
            return format!("{}{tar}", &name[..name.len() - ending.len()]);
        }
    }
    name.to_owned()
}

/// What a gzip header says beside the data (RFC 1952, 2.3).
#[derive(Default)]
struct GzipHeader {
    mtime: u32,
    name: Option<Vec<u8>>,
    comment: Option<Vec<u8>>,
}

impl GzipHeader {
    fn read(head: &[u8]) -> GzipHeader {
        let mut header = GzipHeader::default();
        let (Some(&flags), Some(time)) = (head.get(3), head.get(4..8)) else { return header };
        header.mtime = u32::from_le_bytes([time[0], time[1], time[2], time[3]]);
        let mut at = 10;
        if flags & 4 != 0 {
            let Some(&[low, high]) = head.get(at..at + 2) else { return header };
            at += 2 + usize::from(u16::from_le_bytes([low, high]));
        }
        let mut text = || {
            let rest = head.get(at..)?;
            let end = memchr::memchr(0, rest)?;
            at += end + 1;
            Some(rest[..end].to_vec())
        };
        if flags & 8 != 0 {
            header.name = text();
        }
        if flags & 16 != 0 {
            header.comment = text();
        }
        header
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::trial::{IIN, Trial, copy_of};
    use super::*;
    use crate::model::Reason;

    fn packed(method: Method, text: &str) -> Vec<u8> {
        let mut out = io::Cursor::new(Vec::new());
        encode(method, 0, &mut text.as_bytes(), &mut out).unwrap();
        out.into_inner()
    }

    fn methods() -> Vec<Method> {
        vec![
            Method::Gzip,
            Method::Bzip2,
            Method::Xz,
            #[cfg(feature = "archives")]
            Method::Zstd,
            #[cfg(feature = "archives")]
            Method::Lz4,
        ]
    }

    #[test]
    fn copy_of_every_method() {
        for method in methods() {
            let format = Compressed(method);
            let file = packed(method, &format!("ИИН {IIN}\n"));
            assert_eq!(format.recognise(&file, ""), 100, "{method:?}");
            let (copy, trial) = copy_of(&format, &file, "a.txt.gz").unwrap();
            assert_eq!(trial.found, 1, "{method:?}");
            let mut text = String::new();
            decoder(method, Box::new(io::Cursor::new(copy))).unwrap().read_to_string(&mut text).unwrap();
            assert_eq!(text, "ИИН XXXXXXXXXXXX\n");
        }
    }

    #[test]
    fn cut_files_are_said_to_be_cut() {
        for method in methods() {
            let file = packed(method, &"текст без всего ".repeat(1000));
            let mut trial = Trial::default();
            trial.scan(&Compressed(method), &file[..file.len() - 9], "a.txt.gz").unwrap();
            assert_eq!(trial.partly.len(), 1, "{method:?} {:?}", trial.partly);
            assert!(matches!(trial.partly[0].0, Reason::Truncated | Reason::Damaged | Reason::ReadFailed));
        }
    }

    #[test]
    fn several_members_are_one_text() {
        for method in methods() {
            let mut file = packed(method, "раз ");
            file.extend(packed(method, IIN));
            let mut trial = Trial::default();
            trial.scan(&Compressed(method), &file, "a.gz").unwrap();
            assert_eq!(trial.found, 1, "{method:?}");
        }
    }

    #[test]
    fn header_names_are_seen_and_dropped() {
        let mut file = Vec::new();
        let mut to = flate2::GzBuilder::new()
            .filename(format!("{IIN}.txt"))
            .comment("c")
            .write(&mut file, flate2::Compression::fast());
        to.write_all(b"x").unwrap();
        to.finish().unwrap();
        let (copy, trial) = copy_of(&GZIP, &file, "a.gz").unwrap();
        assert_eq!(trial.found, 1);
        assert!(memchr::memmem::find(&copy, IIN.as_bytes()).is_none());
    }

    #[test]
    fn bombs_are_stopped() {
        let mut file = Vec::new();
        let mut to = flate2::write::GzEncoder::new(&mut file, flate2::Compression::best());
        io::copy(&mut io::repeat(b'0').take(40 << 20), &mut to).unwrap();
        to.finish().unwrap();
        let mut trial = Trial { limits: Limits { ratio: 100, ..Limits::default() }, ..Trial::default() };
        trial.scan(&GZIP, &file, "bomb.gz").unwrap();
        assert_eq!(trial.partly[0].0, Reason::LimitReached);
    }

    #[test]
    fn inner_names() {
        assert_eq!(inner_name("дамп.SQL.GZ"), "дамп.SQL");
        assert_eq!(inner_name("x.tgz"), "x.tar");
        assert_eq!(inner_name(".gz"), ".gz");
    }
}
