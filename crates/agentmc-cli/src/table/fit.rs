//! Text in so much space.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::GAP;

/// The widest cell where the width of the terminal is not known.
const UNKNOWN: usize = 60;

/// To how little a column is squeezed before one is left out.
const LEAST: usize = 12;

/// How wide a text is on a terminal.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// The text in at most so much space.
pub(super) fn cut(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let (mut cut, mut used) = (String::new(), 0);
    for char in text.chars() {
        let wide = char.width().unwrap_or(0);
        if used + wide + 1 > most {
            break;
        }
        used += wide;
        cut.push(char);
    }
    cut.truncate(cut.trim_end().len());
    cut + "…"
}

/// The text in lines of at most so much space, those after the first `indent` further right. Words that are longer
/// have a line of their own.
pub(crate) fn wrap(text: &str, most: Option<usize>, indent: usize) -> String {
    let Some(most) = most else { return text.to_owned() };
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let text = paragraph.trim_start_matches(' ');
        let start = paragraph.len() - text.len();
        let (mut line, mut used) = (" ".repeat(start), 0);
        for word in text.split(' ') {
            let wide = width(word);
            if used > 0 && used + 1 + wide + indent.max(start) > most {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            used += wide;
        }
        lines.push(line);
    }
    lines.join(&format!("\n{:indent$}", ""))
}

/// The widths of the columns that fit: all of them if `all`, else as many of the first as there is space for.
pub(super) fn widths(natural: &[usize], most: Option<usize>, all: bool) -> Vec<usize> {
    let Some(most) = most else {
        return natural.iter().map(|width| *width.min(&UNKNOWN)).collect();
    };
    let mut count = natural.len();
    let least = |count: usize| -> usize {
        let widths = natural[..count].iter().map(|width| *width.min(&LEAST));
        widths.sum::<usize>() + GAP * count.saturating_sub(1)
    };
    while !all && count > 1 && least(count) > most {
        count -= 1;
    }
    let mut widths: Vec<usize> = natural[..count].iter().map(|width| *width.min(&LEAST)).collect();
    let mut left = most.saturating_sub(least(count));
    // Whoever is squeezed gets an equal share, the modest first.
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|column| natural[*column]);
    for (served, column) in order.iter().enumerate() {
        let share = left / (count - served);
        let more = (natural[*column] - widths[*column]).min(share);
        widths[*column] += more;
        left -= more;
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::{cut, widths, wrap};

    #[test]
    fn a_table_is_never_wider_than_the_terminal() {
        for most in 12..100 {
            for natural in [vec![2, 40, 10, 10, 16], vec![90, 90], vec![5, 5, 5], vec![30]] {
                let fitted = widths(&natural, Some(most), false);
                let total = fitted.iter().sum::<usize>() + 2 * (fitted.len() - 1);
                assert!(total <= most, "{natural:?} in {most}: {fitted:?}");
                assert!(fitted.iter().zip(&natural).all(|(fitted, natural)| fitted <= natural));
            }
        }
        assert_eq!(widths(&[2, 20, 10], Some(80), false), [2, 20, 10]);
        assert_eq!(widths(&[2, 40, 40], Some(40), false), [2, 17, 17]);
        assert_eq!(widths(&[2, 40, 40], Some(20), false), [2, 16]);
        assert_eq!(widths(&[2, 40], None, false), [2, 40]);
    }

    #[test]
    fn wide_characters_take_their_space() {
        assert_eq!(cut("日本語の文", 10), "日本語の文");
        assert_eq!(cut("日本語の文", 9), "日本語の…");
        assert_eq!(cut("日本語の文", 8), "日本語…");
        assert_eq!(cut("one two", 5), "one…");
    }

    #[test]
    fn text_is_broken_between_words() {
        assert_eq!(wrap("one two three", Some(9), 2), "one two\n  three");
        assert_eq!(wrap("  - one two", Some(9), 4), "  - one\n    two");
        assert_eq!(wrap("one two", None, 2), "one two");
    }
}
