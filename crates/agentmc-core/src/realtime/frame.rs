//! Frames of the Pusher protocol, version 7.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::json::{Loose, inner, object};

/// What a server says.
#[derive(Debug)]
pub(crate) enum Frame<'a> {
    Established { socket_id: String, activity_timeout: Option<u64> },
    Error { code: Option<u16>, message: String },
    Ping,
    Pong,
    Subscribed { channel: &'a str },
    Refused { channel: &'a str, status: Option<u16>, error: String },
    Event { event: &'a str, channel: &'a str, data: Option<&'a RawValue> },
    Other,
}

#[derive(Deserialize)]
pub(crate) struct Wire<'a> {
    #[serde(borrow)]
    event: Loose<'a>,
    #[serde(borrow, default)]
    channel: Loose<'a>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct Data<'a> {
    #[serde(borrow, default)]
    socket_id: Loose<'a>,
    #[serde(borrow, default)]
    activity_timeout: Loose<'a>,
    #[serde(borrow, default)]
    code: Loose<'a>,
    #[serde(borrow, default)]
    message: Loose<'a>,
    #[serde(borrow, default)]
    error: Loose<'a>,
    #[serde(borrow, default)]
    status: Loose<'a>,
}

impl<'a> Wire<'a> {
    /// The outside of a frame; nothing if it is none.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        object(text).ok()
    }

    /// What the frame says. `buffer` is where `data` is unescaped to.
    pub(crate) fn frame(&'a self, buffer: &'a mut String) -> Frame<'a> {
        let channel = self.channel.as_str();
        match self.event.as_str() {
            "pusher:connection_established" => {
                let data = self.data(buffer);
                Frame::Established {
                    socket_id: data.socket_id.as_str().to_owned(),
                    activity_timeout: data.activity_timeout.number(),
                }
            }
            "pusher:error" => {
                let data = self.data(buffer);
                Frame::Error { code: code(&data.code), message: data.message.as_str().to_owned() }
            }
            "pusher:ping" => Frame::Ping,
            "pusher:pong" => Frame::Pong,
            "pusher_internal:subscription_succeeded" => Frame::Subscribed { channel },
            "pusher:subscription_error" => {
                let data = self.data(buffer);
                let error = data.error.as_str().to_owned();
                Frame::Refused { channel, status: code(&data.status), error }
            }
            event if channel.is_empty() || event.starts_with("pusher") => Frame::Other,
            event => Frame::Event { event, channel, data: self.data },
        }
    }

    fn data<'b>(&'b self, buffer: &'b mut String) -> Data<'b> {
        let text = self.data.and_then(|raw| inner(raw, buffer));
        text.and_then(|text| object(text).ok()).unwrap_or_default()
    }
}

fn code(text: &Loose<'_>) -> Option<u16> {
    text.number().and_then(|code| u16::try_from(code).ok())
}

/// What a client says.
#[derive(Debug, Serialize)]
#[serde(tag = "event", content = "data")]
pub(crate) enum Say<'a> {
    #[serde(rename = "pusher:subscribe")]
    Subscribe {
        channel: &'a str,
        auth: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        channel_data: Option<&'a str>,
    },
    #[serde(rename = "pusher:unsubscribe")]
    Unsubscribe { channel: &'a str },
    #[serde(rename = "pusher:ping")]
    Ping {},
    #[serde(rename = "pusher:pong")]
    Pong {},
}

impl Say<'_> {
    pub(crate) fn text(&self) -> String {
        // Strings alone cannot fail to be written.
        serde_json::to_string(self).unwrap_or_default()
    }
}
