//! Mentions: `@handle` in the text of a comment.

use agentmc_types::{TaskCommentMention, TeamId};

use super::{Party, World};

/// A name as a handle: in lower case, with a hyphen for each run of other characters.
pub(crate) fn handle(name: &str) -> String {
    let lower = name.to_lowercase();
    let words =
        lower.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

impl World {
    /// Whom the text mentions, each once, in the order of the text.
    pub(crate) fn mentions(&self, team: TeamId, text: &str) -> Vec<(Party, TaskCommentMention)> {
        let mut mentions: Vec<(Party, TaskCommentMention)> = Vec::new();
        for token in tokens(text) {
            let handle = token[1..].to_lowercase();
            let Some((party, name)) = self.by_handle(team, &handle) else { continue };
            if mentions.iter().any(|(other, _)| *other == party) {
                continue;
            }
            let key = format!("{}:{}", party.kind(), party.id());
            let mention =
                TaskCommentMention::new(key, party.kind(), party.id(), name, handle, token);
            mentions.push((party, mention));
        }
        mentions
    }

    fn by_handle(&self, team: TeamId, wanted: &str) -> Option<(Party, &str)> {
        let agents = self.agents.values().filter(|agent| agent.team_id == team);
        let mut agents = agents.map(|agent| (Party::Agent(agent.id), agent.name.as_str()));
        let members = self.teams.get(&team).into_iter().flat_map(|team| &team.members);
        let mut members = members.map(|member| (Party::User(member.id), member.name.as_str()));
        let named = |(_, name): &(Party, &str)| handle(name) == wanted;
        agents.find(named).or_else(|| members.find(named))
    }
}

/// The pieces of a text that look like mentions, each with its `@`. An e-mail address has none.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('@').filter_map(|(start, _)| {
        let inside_word = text[..start].chars().next_back().is_some_and(char::is_alphanumeric);
        let rest = &text[start + 1..];
        let end = rest
            .find(|character: char| !character.is_alphanumeric() && character != '-')
            .unwrap_or(rest.len());
        let token = text[start..start + 1 + end].trim_end_matches('-');
        (!inside_word && token.len() > 1).then_some(token)
    })
}
