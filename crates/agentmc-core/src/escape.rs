//! The inside of JSON strings.

const ONES: u64 = u64::MAX / 255;

/// Has the highest bit of the first byte that does not stand for itself, a quote, a backslash or a control character,
/// and maybe of some behind it.
#[inline(always)]
fn ends(chunk: [u8; 8]) -> u64 {
    let chunk = u64::from_le_bytes(chunk);
    // Control characters stay below 0x20 if their second bit is changed, and a quote becomes 0x20.
    let quote_or_control = (chunk ^ (ONES * 0x02)).wrapping_sub(ONES * 0x21);
    let backslash = (chunk ^ (ONES * 0x5C)).wrapping_sub(ONES);
    (quote_or_control | backslash) & !chunk & (ONES << 7)
}

/// Where those characters end, from `from` on, that stand for themselves: at a quote, a backslash, a control character
/// or the end of the text.
#[inline]
pub(crate) fn plain(text: &[u8], from: usize) -> usize {
    let Some((chunks, rest)) = text.get(from..).map(<[u8]>::as_chunks) else { return from };
    let mut chunks = chunks.iter();
    while let Some(chunk) = chunks.next() {
        let found = ends(*chunk);
        if found != 0 {
            let behind = 8 * (chunks.len() + 1) + rest.len();
            return text.len() - behind + found.trailing_zeros() as usize / 8;
        }
    }
    let more = rest.iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20)).count();
    text.len() - rest.len() + more
}

/// Reads the string that begins at `from`, behind its quote, to `said`; up to `until` its characters stand for
/// themselves. Gives the place of the quote that ends it; nothing if it is none, or if it has half of a character that is
/// written in two halves.
pub(crate) fn unescape(text: &str, from: usize, until: usize, said: &mut String) -> Option<usize> {
    said.clear();
    let (mut from, mut until) = (from, until);
    loop {
        said.push_str(text.get(from..until)?);
        match *text.as_bytes().get(until)? {
            b'"' => return Some(until),
            b'\\' => {
                let (char, behind) = escape(text.as_bytes(), until + 1)?;
                said.push(char);
                from = behind;
            }
            _ => return None,
        }
        until = plain(text.as_bytes(), from);
    }
}

/// The same of JSON that stands in a string. Escapes are close to each other there: eight bytes are copied whether all
/// count or not, which is less than to copy some. After a failure, `said` is empty and without room.
pub(crate) fn unescape_json(text: &str, from: usize, said: &mut String) -> Option<usize> {
    let mut bytes = std::mem::take(said).into_bytes();
    bytes.clear();
    let end = unescape_to(text.as_bytes(), from, &mut bytes)?;
    *said = String::from_utf8(bytes).ok()?;
    Some(end)
}

fn unescape_to(text: &[u8], from: usize, said: &mut Vec<u8>) -> Option<usize> {
    let mut at = from;
    loop {
        while let Some(chunk) = text.get(at..).and_then(<[u8]>::first_chunk) {
            // Eight if nothing ends them.
            let plain = ends(*chunk).trailing_zeros() as usize / 8;
            let len = said.len() + plain;
            said.extend_from_slice(chunk);
            said.truncate(len);
            at += plain;
            if plain < 8 {
                break;
            }
        }
        match *text.get(at)? {
            b'"' => return Some(at),
            b'\\' => {
                let (char, behind) = escape(text, at + 1)?;
                match u8::try_from(char) {
                    Ok(byte) if byte.is_ascii() => said.push(byte),
                    _ => said.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
                }
                at = behind;
            }
            0..0x20 => return None,
            // One of the last.
            byte => {
                said.push(byte);
                at += 1;
            }
        }
    }
}

/// Passes the string that begins at `from`, behind its quote; nothing if [`unescape`] gives nothing.
pub(crate) fn pass(text: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at = plain(text, at);
        match *text.get(at)? {
            b'"' => return Some(at),
            b'\\' => (_, at) = escape(text, at + 1)?,
            _ => return None,
        }
    }
}

/// The character that is written behind a backslash, and the place behind it.
#[inline]
fn escape(text: &[u8], at: usize) -> Option<(char, usize)> {
    let char = match *text.get(at)? {
        byte @ (b'"' | b'\\' | b'/') => char::from(byte),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return numbered(text, at + 1),
        _ => return None,
    };
    Some((char, at + 1))
}

/// A character that is written by number, in one half or two.
fn numbered(text: &[u8], at: usize) -> Option<(char, usize)> {
    let first = half(text, at)?;
    let (second, behind) = match first {
        0xD800..0xDC00 if text.get(at + 4..at + 6)? == b"\\u" => {
            (Some(half(text, at + 6)?), at + 10)
        }
        _ => (None, at + 4),
    };
    let char = char::decode_utf16([first].into_iter().chain(second)).next()?.ok()?;
    Some((char, behind))
}

/// Four hexadecimal digits.
fn half(text: &[u8], at: usize) -> Option<u16> {
    let digits = text.get(at..at + 4)?;
    digits.iter().try_fold(0, |number, digit| {
        let digit = char::from(*digit).to_digit(16)?;
        Some(number << 4 | digit as u16)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Where the string ends that begins at `from`, and what it says, if all agree on it.
    fn read(text: &str, from: usize) -> Option<(usize, String)> {
        let (mut said, mut within) = ("left over".to_owned(), "left over".to_owned());
        let until = plain(text.as_bytes(), from);
        let end = unescape(text, from, until, &mut said);
        assert_eq!(unescape_json(text, from, &mut within), end);
        assert_eq!(pass(text.as_bytes(), from), end);
        end.map(|end| {
            assert_eq!(within, said);
            (end, said)
        })
    }

    proptest! {
        #[test]
        fn any_string_is_read_as_serde_json_reads_it(text: String, before: String, behind: String) {
            let numbered: String = text.encode_utf16().map(|half| format!("\\u{half:04X}")).collect();
            let written = serde_json::to_string(&text).unwrap();
            for json in [&written[1..], &format!("{numbered}\"")] {
                let json = format!("{before}{json}{behind}");
                let end = json.len() - behind.len() - 1;
                prop_assert_eq!(read(&json, before.len()), Some((end, text.clone())));
            }
        }

        #[test]
        fn what_is_no_string_says_nothing(json in r#"([a"\\u0-9dDcC8é\n/ ]|\\u[dD][89cC][0-9]{2}){0,30}"#) {
            let quoted = format!("\"{json}");
            let mut theirs = serde_json::Deserializer::from_str(&quoted).into_iter::<String>();
            let string = theirs.next().unwrap().ok();
            prop_assert_eq!(read(&json, 0), string.map(|string| (theirs.byte_offset() - 2, string)));
        }

        #[test]
        fn what_stands_for_itself_ends_where_it_does_byte_by_byte(text in ".{0,40}", from in 0..50_usize) {
            let ends = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
            let rest = text.as_bytes().get(from..);
            let by_byte = rest.map_or(from, |rest| from + rest.iter().take_while(|byte| !ends(byte)).count());
            prop_assert_eq!(plain(text.as_bytes(), from), by_byte);
        }
    }
}
