//! The words of JSON: strings, numbers, names.

use serde::Deserialize;
use serde_json::de::StrRead;

use super::shape::Expected;
use super::{Result, Unsure};
use crate::escape::{pass, plain, unescape};

/// What stands behind the end of a text, since JSON has it nowhere.
const END: u8 = 0;

/// Where in a text the reader is.
pub(super) struct Cursor<'de> {
    text: &'de str,
    at: usize,
    /// The last string that was not as it stands in the text.
    unescaped: String,
    /// Up to where the last string is as it stands in the text.
    plain: usize,
    /// Whether there was a name that begins with `$` since [`begin`](Self::begin).
    has_special: bool,
}

impl<'de> Cursor<'de> {
    pub(super) const fn new(text: &'de str) -> Self {
        Self { text, at: 0, unescaped: String::new(), plain: 0, has_special: false }
    }

    #[inline(always)]
    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(END)
    }

    /// The next byte that is no white space.
    #[inline(always)]
    pub(super) fn next(&mut self) -> u8 {
        let byte = self.byte();
        if byte > b' ' { byte } else { self.next_behind_space() }
    }

    // Services write none.
    #[inline(never)]
    fn next_behind_space(&mut self) -> u8 {
        loop {
            match self.byte() {
                b' ' | b'\n' | b'\r' | b'\t' => self.at += 1,
                byte => return byte,
            }
        }
    }

    /// Passes the byte that is next.
    #[inline]
    pub(super) const fn pass(&mut self) {
        self.at += 1;
    }

    /// Whether nothing follows but white space.
    pub(super) fn is_at_end(&mut self) -> bool {
        self.next() == END && self.at == self.text.len()
    }

    /// Where a value begins of which [`since`](Self::since) will be asked.
    pub(super) const fn begin(&mut self) -> usize {
        self.has_special = false;
        self.at
    }

    /// The text since `start`; `None`, and back there, if it has a name that begins with `$`.
    pub(super) fn since(&mut self, start: usize) -> Option<&'de str> {
        if self.has_special {
            self.at = start;
            return None;
        }
        self.text.get(start..self.at)
    }

    /// The text since `start`.
    pub(super) fn text(&self, start: usize) -> Result<&'de str> {
        self.text.get(start..self.at).ok_or(Unsure)
    }

    /// Passes a word.
    #[inline]
    pub(super) fn word(&mut self, word: &str) -> Result<()> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            return Err(Unsure);
        }
        self.at += word.len();
        Ok(())
    }

    /// Passes the name that is expected, and its colon, if it is next.
    #[inline(always)]
    pub(super) fn passes(&mut self, expected: &Expected) -> bool {
        let rest = self.text.as_bytes().get(self.at + 1..).unwrap_or_default();
        let passes = rest.first_chunk().is_some_and(|text| expected.begins(text));
        if passes {
            self.at += 1 + expected.len;
        }
        passes
    }

    /// Passes a name, whose quote is next, and its colon; the rest as [`string`](Self::string) has it.
    #[inline(always)]
    pub(super) fn name(&mut self) -> Result<Option<&'de str>> {
        let name = self.string();
        if name.is_none() {
            self.unescape()?;
        }
        self.has_special |= name.unwrap_or(&self.unescaped).starts_with('$');
        if self.next() != b':' {
            return Err(Unsure);
        }
        self.at += 1;
        Ok(name)
    }

    /// Passes a string, whose quote is next, if it is as it stands in the text; [`unescape`](Self::unescape) passes those
    /// that are not.
    #[inline]
    pub(super) fn string(&mut self) -> Option<&'de str> {
        let start = self.at + 1;
        let end = plain(self.text.as_bytes(), start);
        if self.text.as_bytes().get(end) != Some(&b'"') {
            self.plain = end;
            return None;
        }
        let string = self.text.get(start..end)?;
        self.at = end + 1;
        Some(string)
    }

    /// The string that was [unescaped](Self::unescape) last.
    #[inline]
    pub(super) fn unescaped(&self) -> &str {
        &self.unescaped
    }

    /// Passes the string that [`string`](Self::string) has just not passed, and keeps it as
    /// [`unescaped`](Self::unescaped).
    #[cold]
    pub(super) fn unescape(&mut self) -> Result<()> {
        let end = unescape(self.text, self.at + 1, self.plain, &mut self.unescaped);
        let end = end.ok_or(Unsure)?;
        self.at = end + 1;
        Ok(())
    }

    /// Passes a string, whose quote is next.
    pub(super) fn skip_string(&mut self) -> Result<()> {
        let end = pass(self.text.as_bytes(), self.at + 1).ok_or(Unsure)?;
        self.at = end + 1;
        Ok(())
    }

    /// Passes a number of up to 19 digits, which always fit, and nothing else; or passes nothing.
    #[inline]
    pub(super) fn whole(&mut self) -> Option<u64> {
        let first = self.next();
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let mut number = 0_u64;
        let mut len = 0;
        let next = loop {
            match rest.get(len).copied().unwrap_or(END) {
                digit @ b'0'..=b'9' => {
                    number = number.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
                    len += 1;
                }
                next => break next,
            }
        };
        let has_zero = first == b'0' && len > 1;
        if !(1..=19).contains(&len) || has_zero || matches!(next, b'.' | b'e' | b'E') {
            return None;
        }
        self.at += len;
        Some(number)
    }

    /// Passes any number, which `serde_json` reads.
    #[cold]
    pub(super) fn number<T>(
        &mut self,
        read: impl FnOnce(&mut serde_json::Deserializer<StrRead<'de>>) -> serde_json::Result<T>,
    ) -> Result<T> {
        let mut json = serde_json::Deserializer::from_str(self.number_text());
        let number = read(&mut json).map_err(|_| Unsure)?;
        json.end().map_err(|_| Unsure)?;
        Ok(number)
    }

    /// Passes a number that fits some type.
    pub(super) fn skip_number(&mut self) -> Result<()> {
        match self.whole() {
            Some(_) => Ok(()),
            None => self.number(|json| f64::deserialize(json)).map(drop),
        }
    }

    /// Passes the characters that numbers are made of.
    fn number_text(&mut self) -> &'de str {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let len = rest.bytes().take_while(is_part).count();
        self.at += len;
        rest.get(..len).unwrap_or_default()
    }
}
