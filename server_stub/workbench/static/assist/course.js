// A session from the invitation to its end, as the agent's browser goes through it: keys, phrase, link, reconnection.

import { scriptUrl } from "../fragments.js";
import { FROM_VIEWER, jsonBody } from "./frame.js";
import { asBytes, asText, makeKeys, phrase, sharedKey } from "./seal.js";

const AGAIN = [100, 250, 500, 1_000, 2_000, 4_000, 8_000]; // milliseconds before each attempt to link again
const GIVE_UP = 120_000;
const OVER = 4000;

export class Course {
  // `tell(name, value)` hears: standing, phrase, linked, lost, and everything the worker says.
  constructor(ticket, csrf, canvas, tell) {
    this.ticket = ticket;
    this.csrf = csrf;
    this.tell = tell;
    this.id = null;
    this.keys = null;
    this.hostPublic = null;
    this.isLinking = false;
    this.isOver = false;
    this.lostAt = null;
    this.attempts = 0;
    const url = scriptUrl(new URL("./link-worker.js", import.meta.url).href);
    this.worker = new Worker(url, { type: "module" });
    this.worker.onmessage = ({ data }) => this.#heard(data);
    const off = canvas.transferControlToOffscreen();
    this.worker.postMessage({ canvas: off }, [off]);
  }

  // {id} of an invitation that was made, or {hurdle, words}. Throws TypeError when the server cannot be reached.
  async invite(reason, password) {
    this.keys = await makeKeys();
    const commitment = asText(this.keys.commitment);
    const answer = await this.post(`tickets/${this.ticket}/assist`, { reason, password, commitment });
    if (!answer.ok) return { words: "" };
    const told = await answer.json();
    if (!told.hurdle) this.id = told.id;
    return told;
  }

  // Looks how the session stands and does what comes next.
  async look() {
    if (!this.id || this.isOver) return;
    const answer = await fetch(`/workbench/assist/${this.id}`, { headers: { Accept: "application/json", "Deskbell-Fragment": "1" } });
    if (!answer.ok || this.isOver) return;
    const standing = await answer.json();
    this.tell("standing", standing);
    if (standing.state === "ended") this.finish();
    else if (standing.host_public && !this.hostPublic) await this.#reveal(standing.host_public);
    else if (standing.state === "allowed" && this.hostPublic && !this.isLinking) await this.#link();
  }

  send(kind, body) {
    this.worker.postMessage({ send: { kind, body } });
  }

  sendJson(kind, value) {
    this.send(kind, jsonBody(value));
  }

  // Tells the host first, which is quickest, and the server in any case.
  async stop() {
    this.sendJson(FROM_VIEWER.EVENT, { event: "stop" });
    if (this.id) await this.post(`assist/${this.id}/stop`, {});
  }

  picture() {
    return new Promise((resolve) => {
      this.pictured = resolve;
      this.worker.postMessage({ picture: true });
    });
  }

  post(path, fields, options = {}) {
    const body = new URLSearchParams({ csrf: this.csrf, ...fields });
    return fetch(`/workbench/${path}`, { method: "POST", body, headers: { Accept: "application/json" }, ...options });
  }

  finish() {
    this.isOver = true;
    clearTimeout(this.timer);
    this.worker.postMessage({ close: true });
  }

  async #reveal(hostPublic) {
    this.hostPublic = asBytes(hostPublic);
    const { publicKey, nonce, privateKey } = this.keys;
    const fields = { viewer_public: asText(publicKey), nonce: asText(nonce) };
    const shown = phrase(this.id, publicKey, this.hostPublic).then((words) => this.tell("phrase", words));
    await Promise.all([shown, this.post(`assist/${this.id}/reveal`, fields)]);
    this.shared = await sharedKey(privateKey, this.hostPublic);
  }

  async #link() {
    this.isLinking = true;
    try {
      const answer = await this.post(`assist/${this.id}/ticket`, {});
      if (answer.ok) {
        const { token } = await answer.json();
        const scheme = location.protocol === "https:" ? "wss:" : "ws:";
        const url = `${scheme}//${location.host}/workbench/assist/${this.id}/link?ticket=${encodeURIComponent(token)}`;
        this.worker.postMessage({ open: { url, session: this.id, shared: this.shared } });
        return;
      }
      this.isLinking = false;
      await this.look();
      if (!this.isOver) this.#linkLater();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.#linkLater();
    }
  }

  #linkLater() {
    this.lostAt ??= performance.now();
    this.isLinking = true;
    if (performance.now() - this.lostAt > GIVE_UP) {
      this.look();
      return;
    }
    const pause = AGAIN[Math.min(this.attempts++, AGAIN.length - 1)];
    this.timer = setTimeout(() => this.#link(), pause);
  }

  #heard(data) {
    const [name] = Object.keys(data);
    if (name === "picture") {
      this.pictured?.(data.picture);
      return;
    }
    if (name === "opened") return;
    if (name === "status") {
      this.lostAt = null;
      this.attempts = 0;
    }
    if (name === "closed") {
      if (this.isOver) return;
      if (data.closed === OVER) {
        this.look();
        return;
      }
      this.tell("lost", true);
      this.#linkLater();
      return;
    }
    if (name === "broken") this.stop();
    this.tell(name, data[name]);
  }
}
