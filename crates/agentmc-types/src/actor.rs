//! Who does things, and who they are done to.

use crate::text_enum::text_enum;

text_enum! {
    /// What did something.
    pub enum ActorType {
        /// A person.
        User = "user",
        /// An agent.
        Agent = "agent",
        /// An API key that acts for nobody in particular.
        ApiKey = "api_key",
    }
}

text_enum! {
    /// What something is assigned to, or who is meant. Tasks on boards have a [`TaskAssigneeType`](crate::TaskAssigneeType).
    pub enum AssigneeType {
        /// A person.
        User = "user",
        /// An agent.
        Agent = "agent",
    }
}
