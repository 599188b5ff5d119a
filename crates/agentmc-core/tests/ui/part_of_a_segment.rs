//! A placeholder that is not a whole segment.

use agentmc_core::operation;
use agentmc_core::reply::Data;
use serde_json::Value;

operation! {
    /// Shows a page of a book.
    pub struct ShowPage -> Data<Value>;

    GET "showPage" Files {
        V0_3_169 => "/books/{book}/pages/{page}-draft" KEY 200 [404],
    }

    path {
        /// The book.
        book: u64,
        /// The page.
        page: u64,
    }
}

fn main() {}
