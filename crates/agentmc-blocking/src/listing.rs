//! Listings, item by item.

use agentmc_core::Error;
use agentmc_core::pages::Walk;

use crate::client::Client;

/// Every item of a listing, page after page.
///
/// It ends after the last page, after the first error, or when the server sends another page than the
/// one asked for.
#[derive(Debug)]
#[must_use = "a listing fetches nothing until it is asked for an item"]
pub struct Listing<W: Walk> {
    client: Client,
    pages: W,
    items: std::vec::IntoIter<W::Item>,
}

impl<W: Walk> Listing<W> {
    pub(crate) fn new(client: Client, pages: W) -> Self {
        Self { client, pages, items: Vec::new().into_iter() }
    }

    /// How many items the listing has, as the last page fetched says; nothing before the first, or if it does not say.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.pages.total()
    }
}

impl<W: Walk> Iterator for Listing<W> {
    type Item = Result<W::Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.items.next() {
                return Some(Ok(item));
            }
            let call = self.pages.call(self.client.api())?;
            let reply = call.map_err(Error::from).and_then(|call| self.client.run(call));
            match reply.and_then(|reply| Ok(self.pages.receive(&reply)?)) {
                Ok(items) => self.items = items.into_iter(),
                Err(error) => {
                    self.pages.stop();
                    return Some(Err(error));
                }
            }
        }
    }

    /// At least the items that have come and are not taken yet: if that is none, the next one may have to be waited for.
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.items.len(), None)
    }
}
