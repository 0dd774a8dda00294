// Plays a recording: what passed the relay, opened and drawn here as it was drawn then. Long rests are shortened.

import { scriptUrl } from "../fragments.js";
import { tr } from "../language.js";
import { View } from "./view.js";

const STEP = 5_000; // milliseconds an arrow key moves

export function startReplay(root) {
  new Replay(root);
}

class Replay {
  constructor(root) {
    this.root = root;
    this.session = root.dataset.session;
    this.isPlaying = false;
    this.length = null;
    this.view = new View(root);
    this.button = root.querySelector("[data-play]");
    this.place = root.querySelector("[data-at]");
    this.speed = root.querySelector("[data-speed]");
    this.worker = new Worker(scriptUrl(new URL("./replay-worker.js", import.meta.url).href), { type: "module" });
    this.worker.onmessage = ({ data }) => this.#hear(data);
    const off = root.querySelector("[data-screen]").transferControlToOffscreen();
    this.worker.postMessage({ canvas: off }, [off]);
    this.button.addEventListener("click", () => this.#toggle());
    this.button.disabled = false;
    this.place.addEventListener("input", () => this.worker.postMessage({ seek: Number(this.place.value) }));
    this.speed.addEventListener("change", () => this.worker.postMessage({ speed: Number(this.speed.value) }));
    this.view.stage.addEventListener("keydown", (event) => this.#key(event));
  }

  async #toggle() {
    if (this.length === null) {
      await this.#load();
      return;
    }
    this.#play(!this.isPlaying);
  }

  async #load() {
    this.button.disabled = true;
    this.#say(tr("The recording is being fetched…"));
    const address = `/workbench/assist/${this.session}/recording`;
    try {
      const body = new URLSearchParams({ csrf: this.root.dataset.csrf });
      const answer = await fetch(`${address}/keys`, { method: "POST", body, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new TypeError("no keys");
      const { keys } = await answer.json();
      this.worker.postMessage({ load: { session: this.session, keys, url: new URL(`${address}/tape`, location.href).href } });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.#failed();
    }
  }

  #hear(data) {
    const [name] = Object.keys(data);
    const value = data[name];
    if (name === "size") this.view.resize(value);
    else if (name === "shape") this.view.shape(value);
    else if (name === "place") this.view.pointerAt(value);
    else if (name === "loaded") this.#loaded(value);
    else if (name === "at") this.#at(value);
    else if (name === "over") this.#play(false);
    else if (name === "failed") this.#failed();
  }

  #loaded(length) {
    this.length = length;
    this.place.max = String(length);
    this.place.disabled = false;
    this.button.disabled = false;
    this.root.querySelector("[data-curtain]").hidden = true;
    this.root.dataset.loaded = String(length);
    this.#play(true);
  }

  #play(isPlaying) {
    this.isPlaying = isPlaying;
    this.button.textContent = isPlaying ? tr("Pause") : tr("Watch");
    this.button.setAttribute("aria-pressed", String(isPlaying));
    this.worker.postMessage({ play: isPlaying });
  }

  #at(milliseconds) {
    if (document.activeElement !== this.place || this.isPlaying) this.place.value = String(milliseconds);
    this.root.querySelector("[data-time]").textContent = `${clock(milliseconds)} / ${clock(this.length ?? 0)}`;
    this.root.dataset.now = String(milliseconds);
  }

  #failed() {
    this.button.disabled = false;
    this.#play(false);
    this.#say(tr("The recording cannot be played."));
    this.root.dataset.failed = "";
  }

  #say(words) {
    this.root.querySelector("[data-curtain]").hidden = false;
    this.root.querySelector("[data-said]").textContent = words;
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const tools = { "+": "in", "=": "in", "-": "out", 0: "fit", 1: "actual", f: "full" };
    const moves = { ArrowLeft: -STEP, ArrowRight: STEP };
    if (event.key === " ") this.#toggle();
    else if (event.key in tools) this.view.act(tools[event.key]);
    else if (event.key in moves && this.length !== null) {
      const wanted = Math.min(this.length, Math.max(0, Number(this.root.dataset.now) + moves[event.key]));
      this.worker.postMessage({ seek: wanted });
    } else return;
    event.preventDefault();
  }
}

function clock(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
