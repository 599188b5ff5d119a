//! The checks a declaration passes before it compiles.

use agentmc_types::Revision;

use super::{Endpoint, Param, Place, Step};
use crate::reply::Shape;

/// The placeholder that the acting agent fills.
const AGENT: &[u8] = b"agent";

impl Endpoint {
    /// Verifies the declaration at compile time and returns it unchanged.
    ///
    /// # Panics
    ///
    /// In a constant, which makes it a compile error: when the history is empty or out of order, a
    /// path does not name exactly the declared path parameters in their order, the success status
    /// does not fit the reply, or two parameters share a name.
    #[must_use]
    pub const fn checked(self) -> Self {
        assert!(!self.docs.is_empty(), "an operation needs documentation");
        assert!(!self.history.is_empty(), "an operation needs at least one revision");
        let mut i = 0;
        while i < self.history.len() {
            let step = self.history[i];
            if i > 0 {
                assert!(
                    age(self.history[i - 1].revision) < age(step.revision),
                    "revisions must be listed oldest first"
                );
            }
            check_path(step.path.as_bytes(), self.params);
            check_statuses(&step, self.shape);
            assert!(!step.auth.is_empty(), "an operation needs a way to authenticate");
            i += 1;
        }
        check_names(self.params);
        self
    }
}

const fn age(revision: Revision) -> u8 {
    revision as u8
}

/// Panics unless the success status goes with the shape of the reply.
const fn check_statuses(step: &Step, shape: Shape) {
    let fits = match shape {
        Shape::Empty => step.success == 204,
        Shape::Location => step.success == 302,
        Shape::Data | Shape::Page | Shape::Whole => step.success == 200 || step.success == 201,
    };
    assert!(fits, "the success status does not fit the reply");
    let mut i = 0;
    while i < step.errors.len() {
        assert!(
            400 <= step.errors[i] && step.errors[i] <= 599,
            "an error status must be 400 to 599"
        );
        i += 1;
    }
}

/// Panics when a parameter has no documentation, or the name of another.
const fn check_names(params: &[Param]) {
    let mut i = 0;
    while i < params.len() {
        assert!(!params[i].field.docs.is_empty(), "a parameter needs documentation");
        let mut j = 0;
        while j < i {
            let same = equal(params[i].field.name.as_bytes(), params[j].field.name.as_bytes(), 0);
            assert!(!same, "two parameters share a name");
            j += 1;
        }
        i += 1;
    }
}

/// Panics unless `path` starts with a slash and names the path parameters in their order.
const fn check_path(path: &[u8], params: &[Param]) {
    assert!(!path.is_empty() && path[0] == b'/', "a path must start with a slash");
    assert!(path[path.len() - 1] != b'/', "a path must not end with a slash");

    let mut next = 0;
    let mut at = 0;
    while at < path.len() {
        assert!(path[at] != b'}', "unbalanced braces in a path");
        if path[at] == b'{' {
            assert!(path[at - 1] == b'/', "a placeholder must be a whole segment");
            let start = at + 1;
            while at < path.len() && path[at] != b'}' {
                at += 1;
            }
            assert!(at < path.len(), "unbalanced braces in a path");
            let whole = at + 1 == path.len() || path[at + 1] == b'/';
            assert!(whole, "a placeholder must be a whole segment");
            if !(at - start == AGENT.len() && equal(AGENT, path, start)) {
                next = next_path_param(params, next);
                assert!(
                    next < params.len(),
                    "a path names a parameter that is not declared in `path`"
                );
                let name = params[next].field.name.as_bytes();
                assert!(
                    name.len() == at - start && equal(name, path, start),
                    "a path must name the declared path parameters in their order"
                );
                next += 1;
            }
        }
        at += 1;
    }
    assert!(
        next_path_param(params, next) == params.len(),
        "a path must name every declared path parameter"
    );
}

/// The index of the first path parameter from `from` on, or the number of parameters.
const fn next_path_param(params: &[Param], from: usize) -> usize {
    let mut i = from;
    while i < params.len() && !matches!(params[i].place, Place::Path) {
        i += 1;
    }
    i
}

/// Whether `text` from `from` on starts with `name`; from 0, whether they are equal.
const fn equal(name: &[u8], text: &[u8], from: usize) -> bool {
    if from == 0 && name.len() != text.len() || from + name.len() > text.len() {
        return false;
    }
    let mut i = 0;
    while i < name.len() {
        if name[i] != text[from + i] {
            return false;
        }
        i += 1;
    }
    true
}
