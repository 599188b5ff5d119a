//! Dates and times as people write them.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Span, Timestamp, Zoned};

use agentmc_core::schema::is_date_time;

/// What is accepted, for whoever wrote something else.
pub(crate) const FORMS: &str = "write 2026-03-01, \"2026-03-01 09:00\", 2026-03-01T09:00:00Z, now, today, tomorrow, \
                                \"monday 9:00\", +2h, +3d or -1w";

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

/// Reads dates: in a time zone, at a moment.
#[derive(Clone, Debug)]
pub(crate) struct Dates {
    /// None is the local one.
    zone: Option<TimeZone>,
    now: Timestamp,
}

impl Dates {
    /// Dates in the time zone of that name, else in the local one.
    pub(crate) fn new(zone: Option<&str>, now: Timestamp) -> Result<Self, String> {
        let get = |name| {
            TimeZone::get(name).map_err(|_| {
                format!("there is no time zone `{name}`; write one such as Europe/Vienna or UTC")
            })
        };
        Ok(Self { zone: zone.map(get).transpose()?, now })
    }

    /// The same, but in the time zone of that name, if there is one, instead of the local one.
    pub(crate) fn or_in(self, zone: Option<&str>) -> Self {
        let zone = self.zone.or_else(|| TimeZone::get(zone?).ok());
        Self { zone, ..self }
    }

    /// The moment a text means, as the API takes it. What the API takes stays as it is.
    pub(crate) fn read(&self, text: &str) -> Result<String, String> {
        if is_date_time(text) {
            return Ok(text.to_owned());
        }
        let text = text.trim().to_ascii_lowercase();
        let moment = match text.strip_prefix(['+', '-']) {
            Some(span) => self.shifted(span, text.starts_with('-'))?,
            None if text == "now" => self.now,
            None => self.on_a_day(&text)?,
        };
        // The API counts in seconds.
        Timestamp::from_second(moment.as_second())
            .map(|moment| moment.to_string())
            .map_err(|_| no_date(&text))
    }

    fn today(&self) -> Zoned {
        self.now.to_zoned(self.zone())
    }

    fn zone(&self) -> TimeZone {
        self.zone.clone().unwrap_or_else(TimeZone::system)
    }

    /// So much later or earlier than now, such as `2h30min`.
    fn shifted(&self, text: &str, earlier: bool) -> Result<Timestamp, String> {
        let after_digit =
            |(at, _): &(usize, &str)| text[..*at].ends_with(|c: char| c.is_ascii_digit());
        let mut ms = text.match_indices('m').filter(after_digit);
        if ms.any(|(at, _)| !text[at + 1..].starts_with(|char: char| char.is_ascii_alphabetic())) {
            return Err("m may be minutes or months: write min or mo".to_owned());
        }
        let span: Option<Span> = text.parse().ok().filter(|span: &Span| !span.is_negative());
        let span = span.filter(|_| text.starts_with(|char: char| char.is_ascii_digit()));
        let span = span.ok_or_else(|| no_date(text))?;
        let now = self.today();
        let there = if earlier { now.checked_sub(span) } else { now.checked_add(span) };
        there.map(|there| there.timestamp()).map_err(|_| no_date(text))
    }

    /// A day, and a time on it, which is its beginning if none is given.
    fn on_a_day(&self, text: &str) -> Result<Timestamp, String> {
        // `2026-03-01t09:00`, which is how RFC 3339 has it but for the offset.
        let by_letter = || text.split_at_checked(10).filter(|(_, time)| time.starts_with('t'));
        let (day, time) = match text.split_once(' ').or_else(by_letter) {
            Some((day, time)) => (day, time.trim_start_matches('t').trim()),
            None => (text, ""),
        };
        let date = self.day(day).ok_or_else(|| no_date(text))?;
        let time = if time.is_empty() { Some(Time::midnight()) } else { clock(time) };
        let moment = date.to_datetime(time.ok_or_else(|| no_date(text))?);
        let zone = self.zone();
        let there = zone.to_ambiguous_zoned(moment);
        let name = zone.iana_name().unwrap_or("this time zone");
        match there.offset() {
            AmbiguousOffset::Unambiguous { .. } => {}
            AmbiguousOffset::Gap { .. } => {
                return Err(format!("there is no {moment} in {name}: clocks are set forward then"));
            }
            AmbiguousOffset::Fold { .. } => {
                return Err(format!(
                    "there are two of {moment} in {name}: clocks are set back then; add an offset, such as {moment}Z"
                ));
            }
        }
        there.compatible().map(|there| there.timestamp()).map_err(|_| no_date(text))
    }

    fn day(&self, text: &str) -> Option<Date> {
        let today = self.today().date();
        match text {
            "today" => return Some(today),
            "tomorrow" => return today.tomorrow().ok(),
            "yesterday" => return today.yesterday().ok(),
            _ => {}
        }
        let named = |(name, _): &&(&str, Weekday)| *name == text || name.get(..3) == Some(text);
        if let Some((_, weekday)) = WEEKDAYS.iter().find(named) {
            // The next one: today has a word of its own.
            return today.nth_weekday(1, *weekday).ok();
        }
        let plain =
            text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        text.parse().ok().filter(|_| plain)
    }
}

/// A time of day, such as `9:00` or `17:30:05`.
fn clock(text: &str) -> Option<Time> {
    let number = |text: &str, most: usize| -> Option<i8> {
        let digits =
            (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| digits)
    };
    let mut parts = text.split(':');
    let (hour, minute) = (number(parts.next()?, 2)?, parts.next()?);
    let minute = number(minute, 2).filter(|_| minute.len() == 2)?;
    let second = parts.next().map_or(Some(0), |second| number(second, 2))?;
    parts.next().is_none().then(|| Time::new(hour, minute, second, 0).ok()).flatten()
}

fn no_date(text: &str) -> String {
    format!("`{text}` is no date that can mean but one moment; {FORMS}")
}

#[cfg(test)]
mod tests {
    use super::Dates;

    /// Half past ten on a Sunday in Vienna.
    fn read(text: &str) -> Result<String, String> {
        let now = "2026-02-22T09:30:15Z".parse().map_err(|_| "no moment")?;
        Dates::new(Some("Europe/Vienna"), now)?.read(text)
    }

    #[test]
    fn dates_mean_what_people_mean() {
        for (text, moment) in [
            ("2026-02-22T17:21:00+02:00", "2026-02-22T17:21:00+02:00"),
            ("2026-03-01", "2026-02-28T23:00:00Z"),
            ("2026-03-01 09:00", "2026-03-01T08:00:00Z"),
            ("2026-03-01T9:00:30", "2026-03-01T08:00:30Z"),
            ("2026-07-01 09:00", "2026-07-01T07:00:00Z"),
            ("now", "2026-02-22T09:30:15Z"),
            ("today", "2026-02-21T23:00:00Z"),
            ("Today 17:30", "2026-02-22T16:30:00Z"),
            ("tomorrow", "2026-02-22T23:00:00Z"),
            ("tomorrow 9:00", "2026-02-23T08:00:00Z"),
            ("yesterday 23:59:59", "2026-02-21T22:59:59Z"),
            ("monday 9:00", "2026-02-23T08:00:00Z"),
            ("tuesday", "2026-02-23T23:00:00Z"),
            ("sat", "2026-02-27T23:00:00Z"),
            ("sunday", "2026-02-28T23:00:00Z"),
            ("+2h", "2026-02-22T11:30:15Z"),
            ("+1d2h30min", "2026-02-23T12:00:15Z"),
            ("-1w", "2026-02-15T09:30:15Z"),
            ("+2mo", "2026-04-22T08:30:15Z"),
            ("+0d", "2026-02-22T09:30:15Z"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(moment), "{text}");
        }
    }

    #[test]
    fn what_may_mean_several_moments_is_refused_with_what_is_accepted() {
        for text in [
            "",
            "9:00",
            "03/01/2026",
            "01.03.2026",
            "next week",
            "2026-3-1",
            "2026-02-30",
            "tomorrow 9",
            "tomorrow 25:00",
            "monday 9:0",
            "+",
            "+2",
            "+2x",
            "2h",
            "+2h3h",
            "-99999999999d",
            "2026-03-01 09:00 pm",
            "m",
            "noon",
            "t",
        ] {
            let error = read(text).err();
            assert!(
                error.is_some_and(|error| error.contains("tomorrow, \"monday 9:00\"")),
                "{text}"
            );
        }
        assert!(read("+2m").is_err_and(|error| error.contains("write min or mo")));
    }

    #[test]
    fn the_hours_that_clocks_skip_or_repeat_are_refused() {
        assert!(
            read("2026-03-29 02:30").is_err_and(|error| error.contains("clocks are set forward"))
        );
        assert!(read("2026-10-25 02:30").is_err_and(|error| error.contains("add an offset")));
    }

    #[test]
    fn a_time_zone_must_exist() {
        let zone = Dates::new(Some("Europe/Viena"), jiff::Timestamp::UNIX_EPOCH);
        assert!(zone.is_err_and(|error| error.contains("there is no time zone `Europe/Viena`")));
    }
}
