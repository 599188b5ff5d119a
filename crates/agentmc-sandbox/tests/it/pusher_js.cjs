// Subscribes with the official client, and writes what it receives: one JSON object a line.
"use strict";

const [library, host, port, key, auth, apiKey, channel] = process.argv.slice(2);
const Pusher = require(library);
const tell = (event, data) => console.log(JSON.stringify({ event, data }));

// Whoever waits for more is not to wait for ever.
setTimeout(() => process.exit(1), 30000);

const pusher = new Pusher(key, {
  cluster: "",
  wsHost: host,
  wsPort: Number(port),
  forceTLS: false,
  enabledTransports: ["ws"],
  disableStats: true,
  channelAuthorization: {
    customHandler({ socketId, channelName }, done) {
      fetch(auth, {
        method: "POST",
        headers: { "X-Api-Key": apiKey, "Content-Type": "application/json" },
        body: JSON.stringify({ socket_id: socketId, channel_name: channelName }),
      })
        .then(async reply => (reply.ok ? done(null, await reply.json()) : done(new Error(await reply.text()), null)))
        .catch(error => done(error, null));
    },
  },
});
pusher.connection.bind("error", error => tell("error", error));
pusher.connection.bind("state_change", states => tell("state", states.current));
const subscribed = pusher.subscribe(channel);
subscribed.bind("pusher:subscription_succeeded", () => tell("subscribed", channel));
subscribed.bind("pusher:subscription_error", error => tell("refused", error));
subscribed.bind("agent.realtime.signal", signal => tell("signal", signal));
