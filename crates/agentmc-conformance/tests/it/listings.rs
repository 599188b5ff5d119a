//! Listings, page by page.

use std::sync::Arc;

use agentmc_conformance::on_both;
use agentmc_core::ops::boards::ListBoards;
use agentmc_core::ops::tasks::ListTasks;
use httpmock::MockServer;
use serde_json::{Map, Value, json};

use crate::servers::{JSON, Seen, answering, api, json_answer, page_of, task};

on_both! {
    fn a_listing_is_walked_page_by_page_and_no_further_than_asked<S>() {
        let (server, log) = (MockServer::start(), Seen::default());
        for (number, titles) in [(1, 2), (2, 0), (3, 1)] {
            let log = Arc::clone(&log);
            server.mock(|when, then| {
                let items: Vec<Value> = (0..titles).map(|_| task()).collect();
                when.query_param("page", number.to_string()).is_true(move |request| {
                    if request.uri().query().unwrap_or_default().contains(&format!("page={number}")) {
                        log.lock().unwrap().push(request.to_http_request());
                    }
                    true
                });
                let mut page = page_of(&items, number, 3);
                page["links"]["next"] = json!("https://elsewhere.example/tasks?page=9");
                then.status(200).json_body(page);
            });
        }
        let client = S::new(api(&server));
        let list = || ListTasks::new().board_id(3).per_page(2);
        assert_eq!(client.list(list(), 10).unwrap().len(), 3);
        assert_eq!(log.lock().unwrap().len(), 3);
        log.lock().unwrap().clear();
        assert_eq!(client.list(list(), 2).unwrap().len(), 2);
        assert_eq!(log.lock().unwrap().len(), 1, "the second page is not fetched before it is needed");
        let params = json!({"board_id": 3, "per_page": 2}).as_object().unwrap().clone();
        assert_eq!(client.list_by_name("listTasks", params, 10).unwrap().len(), 3);
    }

    fn json_may_be_had_as_it_came<S>() {
        let item = r#"{"z": 1.10, "a": 123456789012345678901234567890,"url":"https:\/\/x"}"#;
        let body = format!(r#"{{"data": [{item}, null], "meta": {{"last_page": 1, "current_page": 1}}}}"#);
        let (server, _) = answering(200, JSON, &body);
        let client = S::new(api(&server));
        assert_eq!(client.call_raw("listTasks", Map::new()).unwrap().get(), body);
        let items = client.list_raw("listTasks", Map::new()).unwrap();
        assert_eq!(items.iter().map(|item| item.get()).collect::<Vec<_>>(), [item, "null"]);
        assert!(client.call_raw("noSuchOperation", Map::new()).is_err());
        assert!(client.list_raw("noSuchOperation", Map::new()).is_err());

        let (server, _) = answering(204, &[], "");
        let params = json!({"task": 5}).as_object().unwrap().clone();
        assert_eq!(S::new(api(&server)).call_raw("deleteTask", params).unwrap().get(), "null");

        let (server, _) = json_answer(403, &json!({"error": {"code": "auth.forbidden", "message": "No."}}));
        let error = S::new(api(&server)).call_raw("listTasks", Map::new()).unwrap_err();
        assert_eq!(error.to_string(), "listTasks: 403 Forbidden: No.");
    }

    fn an_error_ends_a_listing<S>() {
        let (server, _) = json_answer(403, &json!({"error": {"code": "auth.forbidden", "message": "No."}}));
        let error = S::new(api(&server)).list(ListBoards::new(), 10).unwrap_err();
        assert_eq!(error.to_string(), "listBoards: 403 Forbidden: No.");
    }
}
