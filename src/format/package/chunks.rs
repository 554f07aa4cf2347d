//! A large part in bounded pieces that end behind a given end tag, so that each piece is whole markup.

use std::io::{self, Read};

use memchr::memmem;

/// Hands out pieces of a stream, each ending behind the last `</tag>` that was read.
pub struct Chunks<R> {
    reader: R,
    buf: Vec<u8>,
    used: usize,
    ended: bool,
    size: usize,
    most: usize,
    tags: Vec<Vec<u8>>,
}

impl<R: Read> Chunks<R> {
    /// Pieces of about `size` bytes and never more than `most`, cut behind one of `tags` (`</row>`).
    pub fn new(reader: R, tags: Vec<Vec<u8>>, size: usize, most: usize) -> Chunks<R> {
        Chunks { reader, buf: Vec::new(), used: 0, ended: false, size, most, tags }
    }

    /// Reads until `stop` bytes are there or the stream ends.
    fn fill(&mut self, stop: usize) -> io::Result<()> {
        while !self.ended && self.buf.len() < stop {
            let at = self.buf.len();
            self.buf.resize(stop, 0);
            let mut got = at;
            while got < stop {
                match self.reader.read(&mut self.buf[got..]) {
                    Ok(0) => {
                        self.ended = true;
                        break;
                    }
                    Ok(n) => got += n,
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                    Err(e) => {
                        self.buf.truncate(got);
                        return Err(e);
                    }
                }
            }
            self.buf.truncate(got);
        }
        Ok(())
    }

    /// The end tags that pieces end behind, from now on.
    pub fn end_at(&mut self, tags: Vec<Vec<u8>>) {
        self.tags = tags;
    }

    /// Everything up to and with the tag in which the first of `marks` stands, or `None` where none comes.
    pub fn until(&mut self, marks: &[&[u8]]) -> io::Result<Option<Vec<u8>>> {
        self.drop_used();
        let mut want = self.size;
        loop {
            self.fill(want)?;
            let hit = marks
                .iter()
                .filter_map(|m| memmem::find(&self.buf, m))
                .min()
                .and_then(|at| memchr::memchr(b'>', &self.buf[at..]).map(|n| at + n + 1));
            if let Some(at) = hit {
                self.used = at;
                return Ok(Some(self.buf[..at].to_vec()));
            }
            if self.ended {
                return Ok(None);
            }
            want = self.wider(want)?;
        }
    }

    /// The next piece that ends behind an end tag; what follows the last end tag comes from [`Chunks::rest`].
    pub fn next(&mut self) -> io::Result<Option<&[u8]>> {
        self.drop_used();
        let mut want = self.size;
        loop {
            self.fill(want)?;
            let hit =
                self.tags.iter().filter_map(|t| memmem::rfind(&self.buf, t).map(|at| at + t.len())).max();
            if let Some(at) = hit {
                self.used = at;
                return Ok(Some(&self.buf[..at]));
            }
            if self.ended {
                return Ok(None);
            }
            want = self.wider(want)?;
        }
    }

    /// Everything that is left.
    pub fn rest(&mut self) -> io::Result<Vec<u8>> {
        self.drop_used();
        let mut want = self.size.max(self.buf.len());
        while !self.ended {
            self.fill(want)?;
            if !self.ended {
                want = self.wider(want)?;
            }
        }
        self.used = self.buf.len();
        Ok(std::mem::take(&mut self.buf))
    }

    fn wider(&self, want: usize) -> io::Result<usize> {
        if want >= self.most {
            return Err(io::Error::new(io::ErrorKind::QuotaExceeded, "one row or element is too long"));
        }
        Ok(want.saturating_mul(2).min(self.most))
    }

    fn drop_used(&mut self) {
        let used = std::mem::take(&mut self.used).min(self.buf.len());
        self.buf.drain(..used);
    }
}

/// `</name>` with the prefix of the start tag that stands at the end of `head`.
pub fn end_tag(head: &[u8], name: &str) -> Vec<u8> {
    let tag = memchr::memrchr(b'<', head).map_or(&[][..], |at| &head[at + 1..]);
    let word =
        tag.iter().position(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/')).unwrap_or(tag.len());
    let prefix = memchr::memchr(b':', &tag[..word]).map_or(&[][..], |at| &tag[..=at]);
    [b"</", prefix, name.as_bytes(), b">"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_make_the_whole() {
        let text = format!("<s><d>{}</d><e/></s>", "<row>1</row>".repeat(1000));
        for size in [1, 7, 64, 100_000] {
            let mut chunks = Chunks::new(text.as_bytes(), vec![b"</row>".to_vec()], size, 1 << 20);
            let mut all = chunks.until(&[b"<d>"]).unwrap().unwrap();
            while let Some(piece) = chunks.next().unwrap() {
                assert!(piece.ends_with(b"</row>"));
                all.extend_from_slice(piece);
            }
            all.extend(chunks.rest().unwrap());
            assert_eq!(all, text.as_bytes(), "{size}");
        }
        assert_eq!(end_tag(b"<a><x:sheetData k='1'>", "row"), b"</x:row>");
        assert_eq!(end_tag(b"<a><sheetData>", "row"), b"</row>");
        let mut endless = Chunks::new(io::repeat(b'x'), vec![b"</row>".to_vec()], 10, 1000);
        assert_eq!(endless.next().unwrap_err().kind(), io::ErrorKind::QuotaExceeded);
    }
}
