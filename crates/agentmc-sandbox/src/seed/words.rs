//! Names and texts to choose from.

use fastrand::Rng;

const FIRST: [&str; 10] =
    ["Ada", "Bela", "Chidi", "Dora", "Emil", "Farida", "Goro", "Hana", "Ines", "Jonas"];
const LAST: [&str; 8] = ["Alder", "Birch", "Cedar", "Hazel", "Linden", "Maple", "Rowan", "Willow"];
const AGENTS: [&str; 8] = ["Atlas", "Ember", "Juno", "Pixel", "Quill", "Relay", "Sage", "Scout"];
const DEEDS: [&str; 8] =
    ["Describe", "Fix", "Measure", "Move", "Plan", "Review", "Simplify", "Test"];
const THINGS: [&str; 10] = [
    "the sign-up form",
    "the nightly backup",
    "the release notes",
    "the price list",
    "the search results",
    "the login page",
    "the weekly report",
    "the mobile menu",
    "the error messages",
    "the onboarding guide",
];
const REASONS: [&str; 5] = [
    "Two customers asked for it last week.",
    "It takes longer than it should, and nobody knows why.",
    "Start with a list of what is there today.",
    "Keep it small: one change, and a note of what it did.",
    "It blocks the next release.",
];
const REMARKS: [&str; 5] = [
    "can you have a look at this today?",
    "the first half is done, the rest follows tomorrow.",
    "I am not sure what is meant here. Can you say more?",
    "this is ready for review.",
    "please wait with this until the release is out.",
];

/// The names of six people, no two of which are the same.
pub(super) fn people(rng: &mut Rng) -> Vec<String> {
    let first = rng.choose_multiple(FIRST, 6);
    first.into_iter().map(|first| format!("{first} {}", LAST[rng.usize(..LAST.len())])).collect()
}

/// The names of four agents.
pub(super) fn agents(rng: &mut Rng) -> Vec<String> {
    let mut names = AGENTS;
    rng.shuffle(&mut names);
    names[..4].iter().map(ToString::to_string).collect()
}

/// The title and the description of a task.
pub(super) fn task(rng: &mut Rng) -> (String, String) {
    let (deed, thing) = (DEEDS[rng.usize(..DEEDS.len())], THINGS[rng.usize(..THINGS.len())]);
    (format!("{deed} {thing}"), REASONS[rng.usize(..REASONS.len())].to_owned())
}

/// A comment for somebody.
pub(super) fn comment(rng: &mut Rng, handle: &str) -> String {
    format!("@{handle} {}", REMARKS[rng.usize(..REMARKS.len())])
}
