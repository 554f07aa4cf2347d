//! Compressed RTF of Outlook (MS-OXRTFCP).

/// Most bytes that a body may unpack to.
const MOST: usize = 64 << 20;

/// What the dictionary holds at the beginning (MS-OXRTFCP, 2.1.2.1).
const START: &[u8] =
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \
\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \
\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

/// Unpacks a body; `None` where it is damaged.
pub(in crate::format) fn unpack(bytes: &[u8]) -> Option<Vec<u8>> {
    let size = u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?) as usize;
    let data = bytes.get(16..)?;
    match bytes.get(8..12)? {
        b"MELA" => return Some(data.get(..size.min(data.len()))?.to_vec()),
        b"LZFu" => {}
        _ => return None,
    }
    let mut ring = [b' '; 4096];
    ring[..START.len()].copy_from_slice(START);
    let mut end = START.len();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(&flags) = data.get(at) {
        at += 1;
        for bit in 0..8 {
            if out.len() > MOST {
                return None;
            }
            if flags >> bit & 1 == 0 {
                let Some(&byte) = data.get(at) else { return Some(out) };
                at += 1;
                ring[end] = byte;
                end = (end + 1) % 4096;
                out.push(byte);
                continue;
            }
            let Some(&[high, low]) = data.get(at..at + 2) else { return Some(out) };
            at += 2;
            let pair = usize::from(high) << 8 | usize::from(low);
            let (from, length) = (pair >> 4, (pair & 15) + 2);
            // a reference to the place of writing ends the text
            if from == end {
                return Some(out);
            }
            for k in 0..length {
                let byte = ring[(from + k) % 4096];
                ring[end] = byte;
                end = (end + 1) % 4096;
                out.push(byte);
            }
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_specifications_example() {
        // MS-OXRTFCP, 3.1.1: "{\rtf1\ansi\ansicpg1252\pard hello world}\r\n"
        let packed = [
            0x2d, 0x00, 0x00, 0x00, 0x2b, 0x00, 0x00, 0x00, 0x4c, 0x5a, 0x46, 0x75, 0xf1, 0xc5, 0xc7, 0xa7,
            0x03, 0x00, 0x0a, 0x00, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a, 0xf3, 0x20,
            0x68, 0x65, 0x6c, 0x09, 0x00, 0x20, 0x62, 0x77, 0x05, 0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f,
            0xa0,
        ];
        assert_eq!(unpack(&packed).unwrap(), b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
    }

    #[test]
    fn damage_is_told() {
        assert_eq!(unpack(b"short"), None);
        assert_eq!(unpack(&[0; 64]), None);
    }
}
