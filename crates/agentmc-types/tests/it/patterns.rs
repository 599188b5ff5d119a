//! The forms strings must have.

use agentmc_types::schema::Pattern;
use proptest::prelude::*;
use proptest::string::string_regex;

#[test]
fn a_pattern_takes_what_it_should_and_nothing_else() {
    let digest = "a3F5".repeat(16);
    let (long, short) = (format!("{digest}0"), &digest[1..]);
    for pattern in Pattern::ALL {
        let (taken, refused): (&[&str], &[&str]) = match pattern {
            Pattern::Fingerprint => (&["a", "A-0._z"], &["a:b", "a b", "a/b"]),
            Pattern::Key => (&["daily", "a:b.c_d-E0"], &["a b", "a/b", "ключ"]),
            Pattern::MimeType => (
                &["text/plain", "application/vnd.a+json", "a!#$&^_.+-0/b"],
                &["text", "/b", "a/", "A/b", "a/b/c", "a/b;c"],
            ),
            Pattern::OwnerToken => (&["agent-claim:0", "a_B"], &["a.b", "a b", "a/b"]),
            Pattern::Sha256 => (&[&digest], &[&long, short, "g"]),
            Pattern::SocketId => {
                (&["1.2", "1234.567890"], &["1", "1.", ".2", "1.2.3", "1,2", "a.b", "١.٢"])
            }
            _ => unreachable!("{pattern:?} has no examples yet"),
        };
        for text in taken {
            assert!(pattern.matches(text), "{pattern:?} refuses {text:?}");
        }
        for text in refused.iter().chain(&["", " ", "a\n", "1.2\n", "é"]) {
            assert!(!pattern.matches(text), "{pattern:?} takes {text:?}");
        }
    }
}

proptest! {
    #[test]
    fn a_pattern_takes_what_its_regular_expression_makes(text in prop::sample::select(Pattern::ALL).prop_flat_map(made_by)) {
        prop_assert!(text.0.matches(&text.1), "{:?} refuses {:?}", text.0, text.1);
    }
}

/// Strings that the pattern's own regular expression makes. Digits are those of ASCII.
fn made_by(pattern: Pattern) -> impl Strategy<Value = (Pattern, String)> {
    let regex =
        pattern.as_str().trim_start_matches('^').trim_end_matches('$').replace(r"\d", "[0-9]");
    (Just(pattern), string_regex(&regex).unwrap())
}
