//! How long ago something was.

use jiff::Timestamp;

/// A moment, as seen from another.
pub(super) fn relative(moment: Timestamp, now: Timestamp) -> String {
    const MINUTE: i64 = 60;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    let seconds = now.as_second() - moment.as_second();
    let amount = match seconds.abs() {
        0..MINUTE => return "now".to_owned(),
        age @ MINUTE..HOUR => format!("{} min", age / MINUTE),
        age @ HOUR..172_800 => format!("{} h", age / HOUR),
        age if age < 60 * DAY => format!("{} d", age / DAY),
        age if age < 730 * DAY => format!("{} mo", age / (30 * DAY)),
        age => format!("{} y", age / (365 * DAY)),
    };
    if seconds < 0 { format!("in {amount}") } else { format!("{amount} ago") }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::relative;

    #[test]
    fn moments_are_as_far_away_as_people_would_say() {
        let from = |seconds: i64| {
            Timestamp::from_second(seconds)
                .map(|moment| relative(moment, Timestamp::UNIX_EPOCH))
                .unwrap_or_default()
        };
        for (seconds, text) in [
            (0, "now"),
            (-59, "now"),
            (-60, "1 min ago"),
            (59 * 60, "in 59 min"),
            (-3 * 3600, "3 h ago"),
            (-47 * 3600, "47 h ago"),
            (48 * 3600, "in 2 d"),
            (-59 * 86_400, "59 d ago"),
            (-90 * 86_400, "3 mo ago"),
            (-800 * 86_400, "2 y ago"),
        ] {
            assert_eq!(from(seconds), text);
        }
    }
}
