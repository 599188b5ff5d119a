//! What the server and its owner share.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http::header::{AUTHORIZATION, COOKIE, HeaderValue, RETRY_AFTER};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use uuid::Uuid;

use crate::connections::Connections;
use crate::fault::{Delivery, Fault, Rules, change, first_page, refusal};
use crate::handler;
use crate::limit::Limit;
use crate::options::{Clock, Options};
use crate::page;
use crate::reply::Refusal;
use crate::saver::Changes;
use crate::seen::{Memory, Seen};
use crate::socket::Sockets;
use crate::store;
use crate::world::World;

/// A world, and what stands between it and its clients.
pub(crate) struct State {
    pub(crate) world: Mutex<World>,
    pub(crate) seen: Mutex<Memory>,
    pub(crate) rules: Mutex<Rules>,
    /// Since when and until when nobody can connect.
    down: Mutex<Option<Down>>,
    limit: Mutex<Limit>,
    latency: Duration,
    started: Instant,
    pub(crate) changes: Changes,
    pub(crate) sockets: Sockets,
    /// Held while the world is saved.
    pub(crate) saving: Mutex<()>,
    /// Why the last saving failed, if it did.
    pub(crate) save_error: Mutex<Option<(io::ErrorKind, String)>>,
    pub(crate) connections: Connections,
    /// What the wall clock showed when the world last looked, if it follows it.
    wall: Mutex<Option<SystemTime>>,
}

/// How long nobody can connect.
#[derive(Clone, Copy, Debug)]
enum Down {
    Until(Instant),
    UntilFurtherNotice,
}

/// What a socket leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Api,
    Storage,
}

impl State {
    pub(crate) fn new(world: World, options: &Options) -> Self {
        Self {
            sockets: Sockets::new(world.keys().clone(), options.activity_timeout),
            world: Mutex::new(world),
            seen: Mutex::default(),
            rules: Mutex::new(Rules::new(options.faults.clone(), options.seed)),
            down: Mutex::default(),
            limit: Mutex::new(Limit::new(options.rate_limit)),
            latency: options.latency,
            started: Instant::now(),
            changes: Changes::default(),
            saving: Mutex::default(),
            save_error: Mutex::default(),
            connections: Connections::new(options),
            wall: Mutex::new((options.clock == Clock::Wall).then_some(SystemTime::UNIX_EPOCH)),
        }
    }

    /// Answers a request and remembers it.
    pub(crate) fn answer(&self, origin: Origin, request: Request<Bytes>) -> Delivery {
        let operation = match origin {
            Origin::Api => handler::operation(&request),
            Origin::Storage => None,
        };
        let limited = self.limited(origin, request.headers());
        let fault = match limited {
            Some(_) => None,
            None => locked(&self.rules).strike(origin == Origin::Storage, operation),
        };
        let refused =
            limited.or_else(|| fault.as_ref().and_then(|fault| self.refused(origin, fault)));
        let response = refused.unwrap_or_else(|| self.happen(origin, &request, fault.as_ref()));
        let mut seen = Seen::new(request, response.status(), operation);
        seen.fault.clone_from(&fault);
        locked(&self.seen).add(seen);
        let mut delivery = match fault {
            None => Delivery::whole(response),
            Some(fault) => change(&fault, response, &self.foreign()),
        };
        if origin == Origin::Api {
            delivery.wait = delivery.wait.saturating_add(self.latency);
        }
        delivery
    }

    /// Lets a request happen in the world.
    fn happen(
        &self,
        origin: Origin,
        request: &Request<Bytes>,
        fault: Option<&Fault>,
    ) -> Response<Bytes> {
        let first = (fault == Some(&Fault::RepeatPage)).then(|| first_page(request));
        let request = first.as_ref().unwrap_or(request);
        self.change(|world| match origin {
            Origin::Api => world.handle(request),
            Origin::Storage => world.store(request),
        })
    }

    /// Changes the world, and pushes what comes of it before anybody else changes it.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let mut world = locked(&self.world);
        self.keep_time(&mut world);
        let changed = change(&mut world);
        self.sockets.push(world.take_pushes());
        drop(world);
        self.changes.happened();
        changed
    }

    /// Moves the world's clock on by the time that has passed, if it follows the wall clock: to what that shows at the
    /// first look, unless it is ahead. It never goes back.
    fn keep_time(&self, world: &mut World) {
        let mut wall = locked(&self.wall);
        let Some(last) = *wall else { return };
        let now = SystemTime::now();
        let passed = if last == SystemTime::UNIX_EPOCH {
            let shown = now.duration_since(last).unwrap_or_default().as_secs();
            i64::try_from(shown).unwrap_or(i64::MAX).saturating_sub(world.now().as_second())
        } else {
            let passed = now.duration_since(last).unwrap_or_default().as_secs();
            i64::try_from(passed).unwrap_or(i64::MAX)
        };
        world.follow(passed);
        // The rest of a second counts the next time.
        let counted = Duration::from_secs(u64::try_from(passed).unwrap_or_default());
        *wall = Some(if last == SystemTime::UNIX_EPOCH { now } else { last + counted });
    }

    /// Answers a person at the sandbox's own page, which is no client: nothing of it is remembered or goes wrong.
    pub(crate) fn visit(&self, request: &Request<Bytes>) -> Response<Bytes> {
        page::refuse(request.headers()).unwrap_or_else(|| {
            let sockets = self.sockets.seen();
            // Looking changes nothing that would have to be saved.
            if request.method() == Method::POST {
                self.change(|world| page::answer(world, &sockets, request))
            } else {
                let mut world = locked(&self.world);
                self.keep_time(&mut world);
                page::answer(&mut world, &sockets, request)
            }
        })
    }

    /// Remembers a request that is no call of the API.
    pub(crate) fn remember(&self, request: Request<Bytes>, status: StatusCode) {
        locked(&self.seen).add(Seen::new(request, status, None));
    }

    /// The id of a request that does not reach the world.
    pub(crate) fn request_id(&self) -> Uuid {
        locked(&self.rules).request_id()
    }

    /// The reply to what cannot be read as a request, in the origin's own form.
    pub(crate) fn unreadable(&self, origin: Origin, status: StatusCode) -> Response<Bytes> {
        match origin {
            Origin::Api => Refusal::unreadable(status).into_response(self.request_id()),
            Origin::Storage => store::unreadable(status),
        }
    }

    /// The reply of a fault that keeps the request from the world.
    fn refused(&self, origin: Origin, fault: &Fault) -> Option<Response<Bytes>> {
        let id = locked(&self.rules).request_id();
        refusal(fault, id, origin == Origin::Storage, &self.foreign())
    }

    /// The reply to one request too many.
    fn limited(&self, origin: Origin, headers: &HeaderMap) -> Option<Response<Bytes>> {
        if origin == Origin::Storage {
            return None;
        }
        let mut limit = locked(&self.limit);
        if !limit.counts() {
            return None;
        }
        let seconds = limit.admit(&credential(headers), self.started.elapsed()).err()?;
        drop(limit);
        let mut response = Refusal::too_many().into_response(locked(&self.rules).request_id());
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        Some(response)
    }

    fn foreign(&self) -> String {
        locked(&self.world).storage_origin.clone()
    }

    /// Notes that nobody can connect, for so long or until further notice.
    pub(crate) fn note_down(&self, time: Option<Duration>) {
        let until = time.map(|time| Instant::now().checked_add(time).map(Down::Until));
        *locked(&self.down) = Some(until.flatten().unwrap_or(Down::UntilFurtherNotice));
    }

    /// Notes that connections are accepted again.
    pub(crate) fn note_up(&self) {
        *locked(&self.down) = None;
    }

    /// Whether nobody can connect.
    pub(crate) fn is_down(&self) -> bool {
        match *locked(&self.down) {
            None => false,
            Some(Down::UntilFurtherNotice) => true,
            Some(Down::Until(end)) => Instant::now() < end,
        }
    }
}

/// What a request is counted under: the credential it brings, right or wrong.
fn credential(headers: &HeaderMap) -> String {
    let names = ["x-api-key", AUTHORIZATION.as_str(), COOKIE.as_str()];
    let given = names.into_iter().find_map(|name| headers.get(name));
    given.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).unwrap_or_default()
}

/// A test that panics while it looks at the world leaves a world to look at.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
