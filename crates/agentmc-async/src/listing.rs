//! Listings, item by item.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use agentmc_core::Error;
use agentmc_core::pages::Walk;
use bytes::Bytes;
use futures_core::Stream;

use crate::client::Client;

/// A page on its way.
type Fetch = Pin<Box<dyn Future<Output = Result<http::Response<Bytes>, Error>> + Send>>;

/// Every item of a listing, page after page: a [`Stream`].
///
/// It ends after the last page, after the first error, or when the server sends another page than the
/// one asked for.
#[must_use = "a listing fetches nothing until it is asked for an item"]
pub struct Listing<W: Walk> {
    client: Client,
    pages: W,
    items: std::vec::IntoIter<W::Item>,
    fetch: Option<Fetch>,
}

impl<W: Walk> Listing<W> {
    pub(crate) fn new(client: Client, pages: W) -> Self {
        Self { client, pages, items: Vec::new().into_iter(), fetch: None }
    }

    /// How many items the listing has, as the last page fetched says; nothing before the first, or if it does not say.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.pages.total()
    }

    /// The next item, or `None` after the last. Nothing is lost if the future is dropped.
    ///
    /// # Panics
    ///
    /// As [`Client::send`].
    pub async fn next(&mut self) -> Option<Result<W::Item, Error>> {
        poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<W::Item, Error>>> {
        loop {
            if let Some(item) = self.items.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            let fetch = match &mut self.fetch {
                Some(fetch) => fetch,
                None => {
                    let Some(call) = self.pages.call(self.client.api()) else {
                        return Poll::Ready(None);
                    };
                    let client = self.client.clone();
                    self.fetch.insert(Box::pin(async move { client.run(call?).await }))
                }
            };
            let reply = ready!(fetch.as_mut().poll(context));
            self.fetch = None;
            match reply.and_then(|reply| Ok(self.pages.receive(&reply)?)) {
                Ok(items) => self.items = items.into_iter(),
                Err(error) => {
                    self.pages.stop();
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }
}

/// Nothing in a listing is pinned: the page on its way has a box of its own.
impl<W: Walk> Unpin for Listing<W> {}

impl<W: Walk> Stream for Listing<W> {
    type Item = Result<W::Item, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}

impl<W: Walk + fmt::Debug> fmt::Debug for Listing<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listing").field("pages", &self.pages).finish_non_exhaustive()
    }
}
