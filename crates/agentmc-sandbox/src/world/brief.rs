//! Briefs and their entries.

use agentmc_types::{BriefEntrySummary, BriefId, Object, RecurringBriefSummary};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::World;

/// One entry of a brief.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BriefEntry {
    /// The brief it is an entry of.
    pub brief_id: BriefId,
    /// The entry.
    pub entry: BriefEntrySummary,
}

impl World {
    /// A brief with the number of its entries and the latest one.
    pub(crate) fn brief_with_entries(
        &self,
        brief: &RecurringBriefSummary,
    ) -> RecurringBriefSummary {
        let mut brief = brief.clone();
        let mut entries = self.brief_entries.values().filter(|entry| entry.brief_id == brief.id);
        brief.entries_count = Some(entries.clone().count() as u64);
        let latest = entries.next_back().map(|entry| &entry.entry);
        brief.latest_entry_id = latest.map(|entry| entry.id);
        brief.latest_entry = latest.cloned();
        brief
    }

    /// Deletes a brief and its entries.
    pub(crate) fn delete_brief(&mut self, brief: BriefId) {
        self.briefs.remove(&brief);
        self.brief_entries.retain(|_, entry| entry.brief_id != brief);
    }
}

/// The sections of a brief as a list: one object is a list of one, unless it stands for a list.
pub(crate) fn sections(given: Object) -> Vec<Object> {
    let item = |index: usize| given.get(&index.to_string()).and_then(Value::as_object).cloned();
    let list: Option<Vec<Object>> =
        (0..given.len()).map(|index| item(index).map(Object::from)).collect();
    list.unwrap_or_else(|| vec![given])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sections_are_a_list_however_they_are_sent() {
        let read = |given| sections(serde_json::from_value(given).unwrap_or_default());
        let one = |name: &str| Object::from_iter([("name", name)]);
        assert_eq!(read(json!([])), []);
        assert_eq!(read(json!({})), []);
        assert_eq!(read(json!({"name": "a"})), [one("a")]);
        assert_eq!(read(json!([{"name": "a"}, {"name": "b"}])), [one("a"), one("b")]);
    }
}
