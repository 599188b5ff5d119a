//! The order in which the members of a record come: mostly the same in all records of a list.

/// The most bytes of a name that is looked for before it is read, with the quote and the colon behind it.
pub(super) const LOOK: usize = 24;

/// What is known of the objects that records of one type are read from.
pub(super) struct Shape {
    /// The names of the record's members.
    members: &'static [&'static str],
    /// Whether the order is learned: it does not pay for a single object.
    learns: bool,
    /// The members in the order in which they came.
    order: Vec<Expected>,
}

/// A member that is likely to be next.
pub(super) struct Expected {
    /// Its place in the list of the record's members.
    pub(super) number: usize,
    /// The length of what stands for it in the text, from behind the first quote to the colon.
    pub(super) len: usize,
    /// What stands there, and which of the bytes count.
    text: [u64; LOOK / 8],
    mask: [u64; LOOK / 8],
}

impl Shape {
    pub(super) const fn new(members: &'static [&'static str]) -> Self {
        Self { members, learns: false, order: Vec::new() }
    }

    pub(super) fn is_of(&self, members: &'static [&'static str]) -> bool {
        std::ptr::eq(self.members, members)
    }

    /// From now on the order is worth learning.
    pub(super) const fn learn(&mut self) {
        self.learns = true;
    }

    /// The member that came at this place in the order before.
    #[inline]
    pub(super) fn expected(&self, place: usize) -> Option<&Expected> {
        self.order.get(place)
    }

    /// Takes note of the member that came at `place` without being expected there; gives the place of the next.
    #[inline]
    pub(super) fn note(&mut self, place: usize, name: &str) -> usize {
        if self.learns { self.place_behind(place, name) } else { place }
    }

    #[cold]
    fn place_behind(&mut self, place: usize, name: &str) -> usize {
        let Some(number) = self.members.iter().position(|member| *member == name) else {
            return place;
        };
        if let Some(known) = self.order.iter().position(|known| known.number == number) {
            // Those between are absent from this object, or come later.
            return known + 1;
        }
        let Some(expected) = Expected::new(number, name) else { return place };
        self.order.reserve_exact(self.members.len() - self.order.len());
        let place = place.min(self.order.len());
        self.order.insert(place, expected);
        place + 1
    }
}

impl Expected {
    /// None if the name is too long.
    fn new(number: usize, name: &str) -> Option<Self> {
        let len = name.len() + 2;
        let (mut text, mut mask) = ([0; LOOK], [0; LOOK]);
        text.get_mut(..name.len())?.copy_from_slice(name.as_bytes());
        text.get_mut(name.len()..len)?.copy_from_slice(b"\":");
        mask[..len].fill(0xFF);
        Some(Self { number, len, text: words(&text), mask: words(&mask) })
    }

    /// Whether the text begins with it. One comparison for names of every length spares the processor guessing.
    #[inline(always)]
    pub(super) fn begins(&self, text: &[u8; LOOK]) -> bool {
        let found = words(text);
        let differs = |at: usize| (found[at] ^ self.text[at]) & self.mask[at];
        (differs(0) | differs(1) | differs(2)) == 0
    }
}

#[inline(always)]
fn words(text: &[u8; LOOK]) -> [u64; LOOK / 8] {
    let (words, _) = text.as_chunks();
    [words[0], words[1], words[2]].map(u64::from_le_bytes)
}
