//! JSON as text in columns, for people.

use std::fmt::Write;

use agentmc_core::Endpoint;
use serde_json::Value;

use crate::look::{Look, Paint};
use crate::text::one_line;
use crate::view::View;

mod age;
mod cell;
mod columns;
mod fit;
mod record;

use cell::Cell;
pub(crate) use fit::{cut, width, wrap};

/// What stands between columns.
const GAP: usize = 2;

/// A reply as text: what is under `data`, if there is that.
pub(crate) fn render(
    value: &Value,
    endpoint: Option<&Endpoint>,
    view: &View,
    look: &Look,
) -> String {
    match view.data(value) {
        Value::Null if view.query.is_some() => String::new(),
        Value::Null => "Done.\n".to_owned(),
        Value::Array(items) if items.is_empty() => "Nothing.\n".to_owned(),
        Value::Array(items) => listing(items, endpoint, view, look) + &page(value, look),
        Value::Object(members) => record::render(members, &view.columns, look),
        value => cell::text(value) + "\n",
    }
}

/// The member that a path such as `assigned_agent.name` leads to.
pub(crate) fn member<'a>(record: &'a Value, path: &str) -> Option<&'a Value> {
    if let Some(value) = record.get(path) {
        return Some(value);
    }
    path.split('.').try_fold(record, |value, name| match value {
        Value::Array(items) => name.parse().ok().and_then(|index: usize| items.get(index)),
        value => value.get(name),
    })
}

/// Rows under a heading, as far as they fit. The first column is never cut, and the last ones are left out if need be.
pub(crate) fn columns(heading: &[&str], rows: &[Vec<String>], look: &Look) -> String {
    columns_of(heading, rows, look, fit::LEAST)
}

/// The same, but the other columns are squeezed rather than left out.
pub(crate) fn every_column(heading: &[&str], rows: &[Vec<String>], look: &Look) -> String {
    columns_of(heading, rows, look, fit::SQUEEZED)
}

fn columns_of(heading: &[&str], rows: &[Vec<String>], look: &Look, least: usize) -> String {
    let plain = |text: &str| Cell { text: one_line(text), paint: Paint::Plain };
    let rows: Vec<Vec<Cell>> =
        rows.iter().map(|row| row.iter().map(|text| plain(text)).collect()).collect();
    let names = heading.iter().map(|name| (*name).to_owned()).collect();
    let listing = Listing::of_cells(names, &rows, look.width, &|index, _| {
        if index == 0 { usize::MAX } else { least }
    });
    let mut text = listing.heading(look);
    rows.iter().for_each(|row| text.push_str(&listing.line(row, look)));
    text
}

fn listing(items: &[Value], endpoint: Option<&Endpoint>, view: &View, look: &Look) -> String {
    let Some(listing) = Listing::new(items, endpoint, view, look) else {
        return items.iter().map(|item| cell::text(item) + "\n").collect();
    };
    let mut text = listing.heading(look);
    items.iter().for_each(|item| text.push_str(&listing.row(item, look)));
    text
}

fn page(value: &Value, look: &Look) -> String {
    let number =
        |name: &str| value.get("meta").and_then(|meta| meta.get(name)).and_then(Value::as_u64);
    match (number("current_page"), number("last_page"), number("total")) {
        (Some(current), Some(last), Some(total)) if last > 1 && !look.quiet => {
            let note =
                format!("Page {current} of {last}, {total} in all. --all fetches every page.");
            wrap(&note, look.width, 0, 0)
                .lines()
                .map(|line| look.paint(line, Paint::Dim) + "\n")
                .collect()
        }
        _ => String::new(),
    }
}

/// The columns of a listing and their widths.
pub(crate) struct Listing {
    names: Vec<String>,
    widths: Vec<usize>,
}

impl Listing {
    /// Columns that suit `sample`; none if its items have no members to show.
    pub(crate) fn new(
        sample: &[Value],
        endpoint: Option<&Endpoint>,
        view: &View,
        look: &Look,
    ) -> Option<Self> {
        let names = columns::of(sample, endpoint, view);
        if names.is_empty() {
            return None;
        }
        let rows: Vec<Vec<Cell>> = sample.iter().map(|item| cells(&names, item, look)).collect();
        let width = if view.wide { Some(usize::MAX) } else { look.width };
        let all = !view.columns.is_empty();
        // An id that is cut leads nowhere.
        let of_use = |_, name: &str| if name.ends_with("id") { usize::MAX } else { fit::LEAST };
        let mut listing = Self::of_cells(names.clone(), &rows, width, &of_use);
        // What is asked for is there, if need be squeezed, or wider than the terminal.
        for width in [width, None] {
            if all && listing.names.len() < names.len() {
                listing = Self::of_cells(names.clone(), &rows, width, &|_, _| fit::SQUEEZED);
            }
        }
        Some(listing)
    }

    /// Columns as wide as they need and may be, and as many as fit. `of_use` says how much of a cell must be shown.
    fn of_cells(
        mut names: Vec<String>,
        rows: &[Vec<Cell>],
        width: Option<usize>,
        of_use: &dyn Fn(usize, &str) -> usize,
    ) -> Self {
        let wishes: Vec<fit::Wish> = names
            .iter()
            .enumerate()
            .map(|(column, name)| {
                let cells = rows.iter().filter_map(|row| row.get(column)).map(Cell::width);
                let (title, cells) = (fit::width(&one_line(name)), cells.max().unwrap_or(0));
                fit::Wish::new(title, cells, of_use(column, name))
            })
            .collect();
        let widths = fit::widths(&wishes, width);
        names.truncate(widths.len());
        Self { names, widths }
    }

    /// The same with all the room there is for the last column: later records may need it.
    pub(crate) fn with_room(mut self, look: &Look) -> Self {
        let used = self.widths.iter().sum::<usize>() + GAP * self.widths.len().saturating_sub(1);
        if let Some(last) = self.widths.last_mut() {
            *last = match look.width {
                Some(width) => last.saturating_add(width.saturating_sub(used)),
                None => fit::UNKNOWN.max(*last),
            };
        }
        self
    }

    /// The line above the rows.
    pub(crate) fn heading(&self, look: &Look) -> String {
        let cell = |name: &String| Cell { text: one_line(name), paint: Paint::Bold };
        self.line(&self.names.iter().map(cell).collect::<Vec<_>>(), look)
    }

    /// A record on a line.
    pub(crate) fn row(&self, item: &Value, look: &Look) -> String {
        self.line(&cells(&self.names, item, look), look)
    }

    fn line(&self, cells: &[Cell], look: &Look) -> String {
        let last = cells.iter().zip(&self.widths).rposition(|(cell, _)| !cell.text.is_empty());
        let mut text = String::new();
        for (index, (cell, width)) in cells.iter().zip(&self.widths).enumerate() {
            if last.is_none_or(|last| index > last) {
                break;
            }
            let shown = cut(&cell.text, *width);
            text.push_str(&look.paint(&shown, cell.paint));
            if last.is_some_and(|last| index < last) {
                let space = width.saturating_sub(fit::width(&shown)) + GAP;
                let _ = write!(text, "{:space$}", "");
            }
        }
        text + "\n"
    }
}

fn cells(names: &[String], item: &Value, look: &Look) -> Vec<Cell> {
    names.iter().map(|name| Cell::of(name, member(item, name), look)).collect()
}
