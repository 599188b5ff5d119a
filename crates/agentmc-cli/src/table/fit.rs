//! Text in so much space.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::GAP;

/// The widest cell where the width of the terminal is not known.
pub(super) const UNKNOWN: usize = 60;

/// To how little a column is squeezed before one is left out, and if all must be there.
pub(super) const LEAST: usize = 24;
pub(super) const SQUEEZED: usize = 6;

/// How much of a column's name is worth as much as its cells.
const NAME: usize = 10;

/// How wide a text is on a terminal.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// The text in at most so much space.
pub(crate) fn cut(text: &str, most: usize) -> String {
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

/// The text in lines of at most so much space. Something `first` wide stands before the first line, and the others
/// stand `rest` further right. Words that are longer have a line of their own.
pub(crate) fn wrap(text: &str, most: Option<usize>, first: usize, rest: usize) -> String {
    let Some(most) = most else { return text.to_owned() };
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let text = paragraph.trim_start_matches(' ');
        let start = paragraph.len() - text.len();
        let (mut line, mut used) = (" ".repeat(start), 0);
        let mut margin = if lines.is_empty() { first + start } else { rest + start };
        for word in text.split(' ') {
            let wide = width(word);
            if used > 0 && margin + used + 1 + wide > most {
                lines.push(std::mem::take(&mut line));
                (used, margin) = (0, rest);
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
    lines.join(&format!("\n{:rest$}", ""))
}

/// What a column would like to have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish {
    /// The least that is of use.
    pub(super) least: usize,
    /// What its cells need.
    pub(super) cells: usize,
    /// What its name needs, too.
    pub(super) all: usize,
}

impl Wish {
    /// The wish of a column with a name of that width and cells of that one, which are of use if so much is shown.
    pub(super) fn new(name: usize, cells: usize, of_use: usize) -> Self {
        let cells = cells.max(name.min(NAME));
        Self { least: cells.min(of_use), cells, all: cells.max(name) }
    }
}

/// The widths of the columns that fit: as many of the first as there is space for.
pub(super) fn widths(wishes: &[Wish], most: Option<usize>) -> Vec<usize> {
    let Some(most) = most else {
        return wishes.iter().map(|wish| wish.all.min(UNKNOWN)).collect();
    };
    let mut count = wishes.len();
    let least = |count: usize| -> usize {
        let widths = wishes[..count].iter().map(|wish| wish.least);
        widths.sum::<usize>() + GAP * count.saturating_sub(1)
    };
    while count > 1 && least(count) > most {
        count -= 1;
    }
    let mut widths: Vec<usize> = wishes[..count].iter().map(|wish| wish.least).collect();
    let mut left = most.saturating_sub(least(count));
    // First what cells need, then what names need; the modest first, so that what they leave is shared.
    for wanted in [|wish: &Wish| wish.cells, |wish: &Wish| wish.all] {
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by_key(|column| wanted(&wishes[*column]));
        for (served, column) in order.iter().enumerate() {
            let share = left / (count - served);
            let more = wanted(&wishes[*column]).saturating_sub(widths[*column]).min(share);
            widths[*column] += more;
            left -= more;
        }
    }
    // A single column may still be too wide.
    if let [width] = &mut widths[..] {
        *width = (*width).min(most);
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::{LEAST, Wish, cut, widths, wrap};

    #[test]
    fn a_table_is_never_wider_than_the_terminal() {
        let wishes = |columns: &[(usize, usize, bool)]| -> Vec<Wish> {
            let of_use = |whole: bool| if whole { usize::MAX } else { LEAST };
            columns
                .iter()
                .map(|(name, cells, whole)| Wish::new(*name, *cells, of_use(*whole)))
                .collect()
        };
        let lists = [
            vec![(2, 2, true), (5, 40, false), (9, 10, false), (19, 5, false)],
            vec![(4, 90, false), (4, 90, false)],
            vec![(2, 36, true), (7, 60, false)],
            vec![(2, 30, true)],
        ];
        for most in 10..100 {
            for list in &lists {
                let wishes = wishes(list);
                let fitted = widths(&wishes, Some(most));
                let total = fitted.iter().sum::<usize>() + 2 * (fitted.len() - 1);
                assert!(total <= most, "{list:?} in {most}: {fitted:?}");
                assert!(fitted.iter().zip(&wishes).all(|(fitted, wish)| *fitted <= wish.all));
            }
        }
        let fitted = |list: &[_], most| widths(&wishes(list), most);
        assert_eq!(fitted(&lists[0], Some(100)), [2, 40, 10, 19]);
        assert_eq!(fitted(&lists[0], Some(68)), [2, 40, 10, 10], "cells come before names");
        assert_eq!(fitted(&lists[0], Some(52)), [2, 24, 10, 10]);
        assert_eq!(
            fitted(&lists[0], Some(50)),
            [2, 34, 10],
            "a column is left out before texts are cut too short"
        );
        assert_eq!(fitted(&lists[0], Some(28)), [2, 24]);
        assert_eq!(fitted(&lists[0], Some(20)), [2]);
        assert_eq!(fitted(&lists[2], Some(40)), [36], "an id is never cut");
        assert_eq!(fitted(&lists[1], None), [60, 60]);
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
        assert_eq!(wrap("one two three", Some(9), 0, 2), "one two\n  three");
        assert_eq!(wrap("  - one two", Some(9), 0, 4), "  - one\n    two");
        assert_eq!(wrap("one two three", Some(9), 6, 0), "one\ntwo three");
        assert_eq!(wrap("one two", None, 0, 2), "one two");
    }
}
