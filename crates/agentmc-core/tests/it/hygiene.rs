//! `operation!` where its user has names of their own.

use agentmc_core::reply::Data;
use agentmc_core::{Api, Credential};
use serde_json::{Value, json};

#[expect(dead_code, reason = "the names are what is tested")]
type Result<T> = std::result::Result<T, std::fmt::Error>;
#[expect(dead_code, reason = "the names are what is tested")]
struct Option;

agentmc_core::operation! {
    /// Shows a page of a book.
    pub struct ShowPage -> Data<Value>;

    GET "showPage" Files {
        V0_3_169 => "/books/{book}" KEY 200 [404],
    }

    path {
        /// The book.
        book: u64,
    }

    query {
        /// The page.
        page: u32,
    }
}

#[test]
fn an_operation_does_not_mind_the_names_around_it() {
    let api = Api::new(Credential::api_key("cc_key").unwrap());
    let call = api.call(&ShowPage::new(7).page(3)).unwrap();
    assert_eq!(call.request().uri().path_and_query().unwrap(), "/api/v1/books/7?page=3");
    assert_eq!(serde_json::to_value(ShowPage::new(7)).unwrap(), json!({"book": 7}));
}
