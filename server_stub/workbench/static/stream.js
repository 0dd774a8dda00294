// One event stream from the server that survives cuts and says how it is doing.

const AGAIN = 2_000;
const SILENCE = 50_000; // the server says something every 20 seconds; a line that is cut may not tell

export class Stream {
  // `tell` is called with {status}, {change} or {resync} messages.
  constructor(tell) {
    this.tell = tell;
    this.last = null;
    this.status = "waiting";
    this.source = null;
    this.timer = null;
    this.watchdog = null;
  }

  open(asOf) {
    if (this.source && this.source.readyState !== EventSource.CLOSED) return;
    clearTimeout(this.timer);
    this.last = Math.max(this.last ?? 0, asOf);
    const source = new EventSource(`/workbench/events?after=${this.last}`);
    this.source = source;
    source.onopen = () => {
      this.#heard();
      this.#say("live");
    };
    source.addEventListener("beat", () => this.#heard());
    source.onerror = () => {
      this.#say("waiting");
      // The browser tries again by itself unless the answer was not a stream.
      if (source.readyState === EventSource.CLOSED && this.source === source) {
        this.timer = setTimeout(() => this.open(this.last), AGAIN);
      }
    };
    source.addEventListener("change", (event) => {
      this.#heard();
      const change = JSON.parse(event.data);
      this.last = change.seq;
      this.tell({ change });
    });
    source.addEventListener("resync", (event) => {
      this.last = JSON.parse(event.data).seq;
      this.tell({ resync: true });
    });
    source.addEventListener("signed_out", () => {
      this.close();
      this.#say("signed_out");
    });
  }

  close() {
    clearTimeout(this.timer);
    clearTimeout(this.watchdog);
    this.source?.close();
    this.source = null;
  }

  #heard() {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => {
      this.#say("waiting");
      this.close();
      this.open(this.last);
    }, SILENCE);
  }

  #say(status) {
    this.status = status;
    this.tell({ status });
  }
}
