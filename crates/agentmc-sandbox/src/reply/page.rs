//! Pages of listings.

use agentmc_types::{Page, PaginationLinks, PaginationMeta, PaginationMetaLink};
use http::header::HOST;

/// The items on a page when the request does not say.
const PER_PAGE: u32 = 25;

/// How many numbered links a page shows on either side of its own, and at either end.
const NEARBY: u64 = 2;

/// Where a request was sent: what links start with.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    /// The scheme and the authority, such as `http://127.0.0.1:40123`.
    origin: String,
    path: String,
    query: String,
}

impl Address {
    pub(crate) fn of<T>(request: &http::Request<T>) -> Self {
        let uri = request.uri();
        let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
        let authority =
            uri.authority().map(http::uri::Authority::as_str).or(host).unwrap_or("127.0.0.1");
        let scheme = uri.scheme_str().unwrap_or("http");
        Self {
            origin: format!("{scheme}://{authority}"),
            path: uri.path().to_owned(),
            query: uri.query().unwrap_or_default().to_owned(),
        }
    }

    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// The scheme, the host and the port.
    pub(crate) fn parts(&self) -> (&str, &str, i64) {
        let (scheme, authority) = self.origin.split_once("://").unwrap_or(("http", &self.origin));
        let standard = if scheme == "https" { 443 } else { 80 };
        let split =
            authority.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse().ok()?)));
        let (host, port) = split.unwrap_or((authority, standard));
        (scheme, host, port)
    }

    fn listing(&self) -> String {
        format!("{}{}", self.origin, self.path)
    }

    /// The address of a page: the same query with another `page`.
    fn page(&self, number: u64) -> String {
        let others = self.query.split('&').filter(|pair| !pair.is_empty());
        let others = others.filter(|pair| pair.split('=').next() != Some("page"));
        let others: String = others.flat_map(|pair| [pair, "&"]).collect();
        format!("{}?{others}page={number}", self.listing())
    }
}

/// The page of `items` that was asked for, each as `view` shows it.
pub(crate) fn paginate<I, T>(
    address: &Address,
    page: Option<u32>,
    per_page: Option<u32>,
    items: &[I],
    view: impl FnMut(&I) -> T,
) -> Page<T> {
    let per_page = u64::from(per_page.unwrap_or(PER_PAGE)).max(1);
    let total = items.len() as u64;
    let last = total.div_ceil(per_page).max(1);
    let current = u64::from(page.unwrap_or(1)).max(1);
    let before = (current - 1).saturating_mul(per_page).min(total);
    let after = before.saturating_add(per_page).min(total);
    let data: Vec<T> = items[before as usize..after as usize].iter().map(view).collect();

    let mut meta = PaginationMeta::new(current, last, address.listing(), per_page, total);
    if !data.is_empty() {
        meta.from = i64::try_from(before + 1).ok();
        meta.to = i64::try_from(after).ok();
    }
    let previous = (current > 1).then(|| address.page((current - 1).min(last)));
    let next = (current < last).then(|| address.page(current + 1));
    meta.links = Some(navigation(address, current, last, previous.clone(), next.clone()));

    let mut links = PaginationLinks::new().first(address.page(1)).last(address.page(last));
    links.prev = previous;
    links.next = next;
    Page::new(data, meta).links(links)
}

fn navigation(
    address: &Address,
    current: u64,
    last: u64,
    previous: Option<String>,
    next: Option<String>,
) -> Vec<PaginationMetaLink> {
    let link = |label: &str, active, url| {
        let mut link = PaginationMetaLink::new(label, active);
        link.url = url;
        link
    };
    let mut links = vec![link("&laquo; Previous", false, previous)];
    let shown = |number: &u64| {
        *number <= NEARBY || *number + NEARBY > last || number.abs_diff(current) <= NEARBY
    };
    let mut before = 0;
    for number in (1..=last).filter(shown) {
        if number > before + 1 {
            links.push(link("...", false, None));
        }
        links.push(link(&number.to_string(), number == current, Some(address.page(number))));
        before = number;
    }
    links.push(link("Next &raquo;", false, next));
    links
}
