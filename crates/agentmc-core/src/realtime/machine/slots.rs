//! Where the sessions are kept.

use super::SubscriptionId;
use crate::realtime::session::Session;

/// The place of subscriptions to anything else.
const NOWHERE: u32 = u32::MAX;

/// Sessions in a list. The lower half of a subscription's id is its place there, so that none is searched for: among
/// ten thousand, every step of a search waits for memory.
#[derive(Debug, Default)]
pub(super) struct Slots {
    slots: Vec<Option<(SubscriptionId, Session)>>,
    /// The places of those that are over.
    free: Vec<u32>,
}

impl Slots {
    /// Takes in the session of the subscription of this number, and says what id that has.
    pub(super) fn insert(&mut self, number: u32, session: Session) -> SubscriptionId {
        let place = self.free.pop().unwrap_or_else(|| self.add_slot());
        let id = id(number, place);
        if let Some(slot) = self.slots.get_mut(place as usize) {
            *slot = Some((id, session));
        }
        id
    }

    /// The id of the subscription of this number if it is to anything else.
    pub(super) const fn id_of_other(number: u32) -> SubscriptionId {
        id(number, NOWHERE)
    }

    pub(super) fn get(&self, id: SubscriptionId) -> Option<&Session> {
        let (of, session) = self.slots.get(place(id) as usize)?.as_ref()?;
        (*of == id).then_some(session)
    }

    pub(super) fn get_mut(&mut self, id: SubscriptionId) -> Option<&mut Session> {
        let (of, session) = self.slots.get_mut(place(id) as usize)?.as_mut()?;
        (*of == id).then_some(session)
    }

    pub(super) fn remove(&mut self, id: SubscriptionId) -> Option<Session> {
        let slot = self.slots.get_mut(place(id) as usize)?;
        let (_, session) = slot.take_if(|(of, _)| *of == id)?;
        self.free.push(place(id));
        Some(session)
    }

    pub(super) const fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    fn add_slot(&mut self) -> u32 {
        // A quarter more at a time: to double would leave up to half of it unused.
        if self.slots.len() == self.slots.capacity() {
            self.slots.reserve_exact(self.slots.len() / 4 + 1);
        }
        self.slots.push(None);
        (self.slots.len() - 1) as u32
    }
}

const fn id(number: u32, place: u32) -> SubscriptionId {
    SubscriptionId((number as u64) << 32 | place as u64)
}

const fn place(id: SubscriptionId) -> u32 {
    id.0 as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::realtime::claim::Claim;
    use crate::realtime::options::SessionOptions;
    use crate::{Api, Credential};

    fn session() -> Session {
        let options = SessionOptions::best("agent-claim:16f4a0c2d9");
        let api = Api::new(Credential::api_key("cc_key").unwrap());
        let claim = Claim::best(api, options.owner_token.clone());
        Session::new(&options, claim)
    }

    #[test]
    fn sessions_that_are_over_leave_no_room_behind_and_no_id_that_leads_elsewhere() {
        let mut sessions = Slots::default();
        let first = sessions.insert(1, session());
        for number in 2..100 {
            let id = sessions.insert(number, session());
            assert!(sessions.remove(id).is_some());
            assert!(sessions.remove(id).is_none());
        }
        let last = sessions.insert(100, session());
        assert_eq!((sessions.slots.len(), sessions.len()), (2, 2));
        assert!(sessions.get(first).is_some() && sessions.get_mut(last).is_some());
        let over = id(99, place(last));
        assert!(sessions.get(over).is_none() && sessions.get_mut(over).is_none());
        assert!(sessions.get(Slots::id_of_other(100)).is_none());
    }
}
