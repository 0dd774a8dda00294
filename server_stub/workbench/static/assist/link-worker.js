// The link to the host, off the page's own thread: socket, seals, decoding and drawing.
//
// In: {canvas}, {open: {url, session, shared}}, {send: {kind, body}}, {picture}, {close}.
// Out: {opened}, {status}, {chat}, {notice}, {delivery}, {given}, {shape}, {place}, {size}, {drawn}, {picture}, {ended},
// {closed}, {broken}.

import { Broken } from "./broken.js";
import { canPlay } from "./film.js";
import { ackBody, FROM_HOST, FROM_VIEWER, jsonBody, PART, pair, readFrame, readJson, viewerMessage } from "./frame.js";
import { Opener, Sealer, TO_HOST, TO_VIEWER } from "./seal.js";
import { Screen } from "./canvas.js";

let playsFilms = canPlay();
let screen = null;
let link = null;
let number = 0; // counts through all links of a session
let epoch = 0;

class Link {
  constructor({ url, session, shared }) {
    this.session = session;
    this.shared = shared;
    this.sealer = null;
    this.opener = null;
    this.isComplete = false;
    this.isOver = false;
    this.received = Promise.resolve();
    this.sent = Promise.resolve();
    this.socket = new WebSocket(url);
    this.socket.binaryType = "arraybuffer";
    this.socket.onmessage = ({ data }) => this.#hear(data);
    this.socket.onclose = ({ code }) => this.#end(() => postMessage({ closed: code }));
  }

  send(kind, body) {
    if (!this.isComplete) return;
    const message = viewerMessage(kind, number++, epoch, body);
    const sealed = this.sealer.seal(message);
    this.sent = this.sent.then(async () => {
      const bytes = await sealed;
      if (this.socket.readyState === WebSocket.OPEN) this.socket.send(bytes);
    });
  }

  // Tells the host whether it may send films.
  wishFilms(isPossible) {
    this.send(FROM_VIEWER.WISH, jsonBody({ films: isPossible }));
  }

  close() {
    this.socket.onmessage = null;
    this.socket.close();
  }

  // Everything in its turn: keys before the first message, every frame after the one before.
  #hear(data) {
    if (this.isOver) return;
    if (typeof data === "string") {
      this.received = this.received.then(() => this.#text(JSON.parse(data)));
    } else {
      const opened = this.#opened(data);
      opened.catch(() => {}); // told below, in its turn
      this.received = this.received.then(async () => this.#message(await opened));
    }
    this.received = this.received.catch((error) => this.#fail(error));
  }

  async #opened(data) {
    // Once there is a key, opening goes on while the frame before is still being drawn.
    if (!this.opener) await this.received;
    return this.opener.open(new Uint8Array(data));
  }

  async #text(told) {
    if (told.link !== undefined) {
      this.sealer = await Sealer.make(this.shared, this.session, TO_HOST, told.link);
      this.opener = await Opener.make(this.shared, this.session, TO_VIEWER, told.link);
      screen.restart();
      postMessage({ opened: told.link });
    }
    if (told.peer === "here") {
      this.isComplete = true;
      this.wishFilms(await playsFilms);
    }
    if (told.ended !== undefined) postMessage({ ended: told.ended });
  }

  async #message(bytes) {
    switch (bytes[0]) {
      case FROM_HOST.FRAME:
        await this.#frame(bytes);
        break;
      case FROM_HOST.STATUS:
        this.#status(readJson(bytes));
        break;
      case FROM_HOST.CHAT:
        postMessage({ chat: readJson(bytes) });
        break;
      case FROM_HOST.NOTICE:
        postMessage({ notice: readJson(bytes) });
        break;
      case FROM_HOST.DELIVERY:
        postMessage({ delivery: readJson(bytes) });
        break;
      case FROM_HOST.TEXT:
        postMessage({ given: readJson(bytes) });
        break;
      default:
        throw new Broken("a message of an unknown kind");
    }
  }

  #status(status) {
    if (!Array.isArray(status.screens)) throw new Broken("a status without screens");
    epoch = status.epoch;
    const shown = status.screens.find(([id]) => id === status.screen);
    if (shown && screen.resize(shown[2], shown[3])) postMessage({ size: { width: shown[2], height: shown[3] } });
    postMessage({ status });
  }

  async #frame(bytes) {
    const began = performance.now();
    const frame = readFrame(bytes);
    const isPixels = (part) => part.kind !== PART.CURSOR_SHAPE && part.kind !== PART.CURSOR_PLACE;
    await screen.draw(frame.parts.filter(isPixels));
    for (const part of frame.parts) {
      if (part.kind === PART.CURSOR_PLACE) {
        postMessage({ place: { x: part.x, y: part.y, isVisible: part.width === 1 } });
      } else if (part.kind === PART.CURSOR_SHAPE) {
        await shape(part);
      }
    }
    const took = performance.now() - began;
    this.send(FROM_VIEWER.ACK, ackBody(frame.number, took));
    postMessage({ drawn: { number: frame.number, bytes: bytes.length, took } });
  }

  #fail(error) {
    if (!(error instanceof Broken)) throw error;
    this.#end(() => postMessage({ broken: error.message }));
    this.close();
  }

  #end(tell) {
    if (this.isOver) return;
    this.isOver = true;
    this.isComplete = false;
    // What has arrived is still drawn; the end comes after it.
    this.received = this.received.then(tell);
  }
}

// A player that failed once, or that the browser took away from a page nobody looks at, is not tried again.
function giveUpFilms() {
  playsFilms = Promise.resolve(false);
  link?.wishFilms(false);
}

async function shape(part) {
  const [hotX, hotY] = pair(part.data);
  try {
    const bitmap = await createImageBitmap(new Blob([part.data.subarray(4)], { type: "image/png" }));
    postMessage({ shape: { bitmap, hotX, hotY } }, [bitmap]);
  } catch (error) {
    if (error instanceof DOMException) throw new Broken("a pointer that is no picture");
    throw error;
  }
}

self.onmessage = async ({ data }) => {
  if (data.canvas) screen = new Screen(data.canvas, giveUpFilms);
  if (data.open) {
    link?.close();
    link = new Link(data.open);
  }
  if (data.send) link?.send(data.send.kind, data.send.body);
  if (data.picture) postMessage({ picture: await screen.picture() });
  if (data.close) link?.close();
};
