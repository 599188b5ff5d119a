//! Path and query arguments: whatever they hold, they stay where they were put.

use agentmc_core::reply::Data;
use agentmc_core::{Api, Credential, operation};
use proptest::prelude::*;
use serde_json::Value;
use url::Url;

use crate::generate;

operation! {
    /// Shows a page of a book.
    pub struct ShowPage -> Data<Value>;

    GET "showPage" Files {
        V0_3_169 => "/books/{book}/pages/{page}" KEY 200 [404],
    }

    path {
        /// The title of the book.
        book: String,
        /// The name of the page.
        page: String,
    }

    query {
        /// What to mark on the page.
        mark: String,
    }
}

fn url_of(operation: &ShowPage) -> Result<Url, String> {
    let api = Api::new(Credential::api_key("cc_key").unwrap());
    let call = api.call(operation).map_err(|error| error.to_string())?;
    Url::parse(&call.request().uri().to_string()).map_err(|error| error.to_string())
}

fn decoded(segment: &str) -> String {
    // A query of one name is decoded as a segment is, but for the plus sign, which is never left bare.
    url::form_urlencoded::parse(segment.as_bytes())
        .next()
        .map_or_else(String::new, |(name, _)| name.into_owned())
}

fn arguments() -> impl Strategy<Value = String> {
    let traps = prop::sample::select(
        &[
            "...", "%2e%2e", "%", "%zz", "a/b", "../..", "?", "#", "a?b#c", "@", ":", "//", "\\",
            "+", " ", "\0", "é", "🌾", "{page}",
        ][..],
    );
    prop_oneof![generate::text(1, 12), traps.prop_map(str::to_owned)]
        .prop_filter("refused", |text| text != "." && text != "..")
}

#[test]
fn any_text_stays_one_segment_of_the_same_path() {
    let result = generate::run(512, &(arguments(), arguments()), |(book, page)| {
        let url = url_of(&ShowPage::new(book.as_str(), page.as_str()))?;
        let segments: Vec<_> = url.path_segments().unwrap().collect();
        let [api, v1, books, first, pages, second] = segments[..] else {
            return Err(url.to_string());
        };
        if [api, v1, books, pages] != ["api", "v1", "books", "pages"]
            || url.query().is_some()
            || url.fragment().is_some()
        {
            return Err(url.to_string());
        }
        if first.contains('+')
            || second.contains('+')
            || [decoded(first), decoded(second)] != [book, page]
        {
            return Err(format!("{url} holds other arguments"));
        }
        if url.origin().ascii_serialization() == "https://agentmc.ai" {
            Ok(())
        } else {
            Err(url.to_string())
        }
    });
    assert_eq!(result, Ok(()));
}

#[test]
fn any_text_stays_one_value_of_the_query() {
    let result = generate::run(512, &generate::text(0, 12), |mark| {
        let url = url_of(&ShowPage::new("b", "p").mark(mark.as_str()))?;
        let pairs: Vec<_> = url.query_pairs().into_owned().collect();
        if pairs == [("mark".to_owned(), mark)]
            && url.path() == "/api/v1/books/b/pages/p"
            && url.fragment().is_none()
        {
            Ok(())
        } else {
            Err(url.to_string())
        }
    });
    assert_eq!(result, Ok(()));
}

#[test]
fn a_segment_that_would_make_another_path_is_refused() {
    for bad in ["", ".", ".."] {
        let problem = "a path segment must not be empty, `.` or `..`";
        let book = url_of(&ShowPage::new(bad, "p")).unwrap_err();
        assert_eq!(book, format!("showPage cannot send this value for `book`: {problem}"));
        let page = url_of(&ShowPage::new("b", bad)).unwrap_err();
        assert_eq!(page, format!("showPage cannot send this value for `page`: {problem}"));
    }
}

#[test]
fn what_needs_no_escape_has_none() {
    let url = url_of(&ShowPage::new("a-b_c.d~e", "...").mark("2026-02-22")).unwrap();
    assert_eq!(url.as_str(), "https://agentmc.ai/api/v1/books/a-b_c.d~e/pages/...?mark=2026-02-22");
    let url = url_of(&ShowPage::new("a b+c", "%2e")).unwrap();
    assert_eq!(url.path(), "/api/v1/books/a%20b%2Bc/pages/%252e");
}
