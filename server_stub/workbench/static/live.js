// Follows the event stream through the worker that all tabs share, or alone where there is no such worker.

import { tr } from "./language.js";
import { scriptUrl } from "./fragments.js";
import { Stream } from "./stream.js";

const WORDS = {
  live: "Live",
  waiting: "Reconnecting…",
  signed_out: "Signed out",
};

function show(status) {
  const sign = document.querySelector("[data-live]");
  if (sign && sign.dataset.status !== status) {
    sign.dataset.status = status;
    sign.textContent = tr(WORDS[status]);
  }
  const notice = document.querySelector("[data-signed-out]");
  if (notice) notice.hidden = status !== "signed_out";
}

// `changed(change)` for every event newer than `asOf` with {seq, kind, ticket}; `again()` when some were missed, which
// answers when it has looked.
export function follow(asOf, changed, again) {
  let status = "waiting";
  let isOut = false;
  const hear = async (message) => {
    if (message.status) {
      status = message.status;
      if (status === "signed_out") isOut = true;
      if (isOut && status === "live") {
        // Signed in again in another tab: before anybody is told, the forms get the new session's token.
        await again();
        isOut = status === "signed_out";
      }
      show(status);
    }
    if (message.resync) again();
    if (message.change && message.change.seq > asOf) changed(message.change);
  };
  const alone = () => new Stream(hear).open(asOf);
  if (!("SharedWorker" in globalThis)) {
    alone();
    return;
  }
  const url = scriptUrl(new URL("./live-worker.js", import.meta.url).href);
  const worker = new SharedWorker(url, { type: "module", name: "deskbell" });
  // Browsers that know shared workers but not as modules say so here.
  worker.onerror = alone;
  worker.port.onmessage = ({ data }) => hear(data);
  worker.port.postMessage({ follow: asOf });
  addEventListener("pagehide", () => worker.port.postMessage({ leave: true }));
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    worker.port.postMessage({ follow: asOf });
    again();
  });
}
