//! Records are read to where they belong, and nobody sees one that has not been read.

use agentmc_types::{Page, Task, TaskAssignedAgent, TeamFileAttachment};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Error, Value, json};

fn task() -> Value {
    json!({
        "id": 7, "team_id": 1, "board_id": 2, "column_id": 3, "title": "Water the plants", "is_archived": false,
        "position": 1,
    })
}

fn page_meta() -> Value {
    json!({"current_page": 1, "last_page": 1, "path": "/tasks", "per_page": 25, "total": 0})
}

#[test]
fn the_last_of_two_records_with_one_name_counts_as_a_whole() {
    let name = r#""assigned_agent": {"id": 1, "name": "Ada", "x": 1}"#;
    let task = |members: &str| {
        let task = task().to_string();
        serde_json::from_str::<Task>(&format!("{}, {members}}}", &task[..task.len() - 1])).unwrap()
    };
    let agent = task(&format!(r#"{name}, "assigned_agent": {{"id": 2}}"#)).assigned_agent.unwrap();
    assert_eq!(agent, TaskAssignedAgent::new().id(2));
    assert_eq!(task(&format!(r#"{name}, "assigned_agent": null"#)).assigned_agent, None);
    let attachments =
        r#""attachments": [{"id": 1, "team_file_id": 2}, {"id": 3, "team_file_id": 4}]"#;
    assert_eq!(task(attachments).attachments.len(), 2);
    let last = r#""attachments": [{"id": 5, "team_file_id": 6}]"#;
    let twice = task(&format!("{attachments}, {last}")).attachments;
    assert_eq!(twice, [TeamFileAttachment::new(5, 6)]);
    assert_eq!(task(&format!(r#"{attachments}, "attachments": null"#)).attachments, []);

    let meta = r#""meta": {"current_page": 9, "last_page": 9, "path": "", "per_page": 9, "total": 9, "to": 9}"#;
    let page = format!(r#"{{"data": [], {meta}, "meta": {}}}"#, page_meta());
    let page = serde_json::from_str::<Page<Task>>(&page).unwrap();
    assert_eq!(serde_json::to_value(page.meta).unwrap(), page_meta());
}

#[test]
fn a_member_that_is_absent_the_second_time_is_absent() {
    let page = format!(r#"{{"data": [], "meta": {}, "meta": {{"total": 1}}}}"#, page_meta());
    let error = serde_json::from_str::<Page<Task>>(&page).unwrap_err().to_string();
    assert!(error.contains("missing field `current_page`"), "{error}");
}

/// JSON whose lists pass over what cannot be read.
struct Tolerant(Value);

struct Items(std::vec::IntoIter<Value>);

struct Members(serde_json::map::IntoIter, Value);

impl<'de> Deserializer<'de> for Tolerant {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Array(items) => visitor.visit_seq(Items(items.into_iter())),
            Value::Object(members) => visitor.visit_map(Members(members.into_iter(), Value::Null)),
            other => other.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        Ok(self.0.next().and_then(|item| seed.deserialize(Tolerant(item)).ok()))
    }
}

impl<'de> MapAccess<'de> for Members {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some((name, value)) = self.0.next() else { return Ok(None) };
        self.1 = value;
        seed.deserialize(Value::from(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(Tolerant(self.1.take()))
    }
}

#[test]
fn nothing_is_left_of_an_item_that_was_passed_over() {
    let mut json = task();
    json["attachments"] = json!([{"id": 5, "team_file_id": 6}, {"id": 7, "team_file_id": [1]}]);
    let task = Task::deserialize(Tolerant(json)).unwrap();
    assert_eq!(task.attachments, [TeamFileAttachment::new(5, 6)]);
}
