//! Folders: what lies in what.

use agentmc_types::{FolderId, TeamFileFolder, TeamId};

use super::World;

/// How many folders may lie in one another.
pub(crate) const MAX_DEPTH: usize = 32;

impl World {
    /// The folder, if it belongs to the team.
    pub(crate) fn folder(&self, team: TeamId, folder: FolderId) -> Option<&TeamFileFolder> {
        self.folders.get(&folder).filter(|folder| folder.team_id == team)
    }

    /// A folder and those it lies in, from the inside out.
    pub(crate) fn lineage(
        &self,
        folder: Option<FolderId>,
    ) -> impl Iterator<Item = &TeamFileFolder> {
        let first = folder.and_then(|folder| self.folders.get(&folder));
        let outer =
            |inner: &&TeamFileFolder| inner.parent_id.and_then(|parent| self.folders.get(&parent));
        // Whoever changes a world by hand may make a circle of folders.
        std::iter::successors(first, outer).take(MAX_DEPTH)
    }

    /// How many folders lie in one another from this one inwards, itself included.
    pub(crate) fn height(&self, folder: FolderId) -> usize {
        let heights = self
            .folders
            .keys()
            .filter_map(|inner| self.lineage(Some(*inner)).position(|outer| outer.id == folder));
        heights.max().map_or(1, |height| height + 1)
    }

    /// A folder as replies show it: with the path to it.
    pub(crate) fn with_path(&self, folder: &TeamFileFolder) -> TeamFileFolder {
        let mut names: Vec<_> =
            self.lineage(Some(folder.id)).map(|folder| folder.name.as_str()).collect();
        names.reverse();
        let mut folder = folder.clone();
        folder.path_cache = names.join("/");
        folder
    }
}
