//! Text that a terminal does not take for commands: it may come from a server.

use std::fmt::Write;

/// The text on one line, with a space for every control character.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(|char| if commands(char) { ' ' } else { char }).collect()
}

/// The same over several lines: line breaks stay.
pub(crate) fn lines(text: &str) -> String {
    text.chars().map(|char| if commands(char) && char != '\n' { ' ' } else { char }).collect()
}

/// Control characters, and those that change the order of what stands on a line.
fn commands(char: char) -> bool {
    char.is_control() || matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The same JSON with the control characters escaped that JSON allows to stand as they are: U+007F to U+009F.
pub(crate) fn escaped(json: &str) -> String {
    json.chars().fold(String::with_capacity(json.len()), |mut text, char| {
        if ('\u{7f}'..='\u{9f}').contains(&char) {
            // Writing into a `String` cannot fail.
            let _ = write!(text, "\\u{:04x}", u32::from(char));
        } else {
            text.push(char);
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::{escaped, lines, one_line};

    #[test]
    fn no_control_character_is_left_but_the_line_break() {
        let every: String = ('\0'..='\u{a0}').collect();
        assert!(!one_line(&every).contains(char::is_control));
        assert_eq!(
            lines(&every).chars().filter(|char| char.is_control()).collect::<String>(),
            "\n"
        );
        assert_eq!(lines("naïve\n日本"), "naïve\n日本");
        assert_eq!(one_line("a\u{202e}b\u{2066}c"), "a b c");
    }

    #[test]
    fn escaped_json_is_the_same_json() {
        let every: String = ('\0'..='\u{a0}').collect();
        let json = serde_json::to_string(&every).unwrap_or_default();
        assert!(json.contains('\u{85}'));
        assert!(!escaped(&json).contains(char::is_control));
        assert_eq!(serde_json::from_str::<String>(&escaped(&json)).ok(), Some(every));
    }
}
