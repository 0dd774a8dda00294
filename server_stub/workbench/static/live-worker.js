// Shared by every tab: browsers allow six connections to a server, so a stream for each tab would block the seventh.

import { Stream } from "./stream.js";

const ports = new Set();
const stream = new Stream((message) => {
  for (const port of ports) port.postMessage(message);
});

self.onconnect = (connection) => {
  const port = connection.ports[0];
  port.onmessage = ({ data }) => {
    if ("follow" in data) {
      ports.add(port);
      // Whatever came between the page's own look and now would be missed: it has to look again.
      if (stream.last !== null && stream.last > data.follow) port.postMessage({ resync: true });
      stream.open(data.follow);
      port.postMessage({ status: stream.status });
    } else {
      ports.delete(port);
      if (ports.size === 0) stream.close();
    }
  };
};
