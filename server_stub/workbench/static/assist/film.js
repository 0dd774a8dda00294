// H.264 for what changes faster than the line carries: only the tiles that changed are taken from a frame.

import { Broken } from "./broken.js";
import { PART } from "./frame.js";

const TILE = 32;
const PATIENCE = 3_000; // milliseconds after which a player that gives nothing is given up
const PROBE = { codec: "avc1.640028", optimizeForLatency: true };

// Whether this browser plays the host's streams at all.
export async function canPlay() {
  if (typeof VideoDecoder === "undefined") return false;
  try {
    return (await VideoDecoder.isConfigSupported(PROBE)).supported === true;
  } catch (error) {
    if (error instanceof TypeError || error instanceof DOMException) return false;
    throw error;
  }
}

export class Film {
  // `given up` is told when the player fails: the host then sends the same without films.
  constructor(giveUp) {
    this.giveUp = giveUp;
    this.isOff = false;
    this.player = null;
    this.waiting = null;
    this.stamp = 0;
    this.paper = new OffscreenCanvas(1, 1).getContext("2d", { alpha: false, willReadFrequently: true });
  }

  // The pixels of a frame as ImageData; null while there are no films. One frame after the other. Throws Broken.
  async decode(part) {
    if (this.isOff) return null;
    if (part.kind === PART.VIDEO_KEY) this.#begin(part);
    if (!this.player) throw new Broken("a film without a beginning");
    const frame = await this.#next(part);
    if (!frame) return null;
    if (this.paper.canvas.width < part.width || this.paper.canvas.height < part.height) {
      this.paper.canvas.width = part.width;
      this.paper.canvas.height = part.height;
    }
    this.paper.drawImage(frame, 0, 0); // an edge that makes the size even is cut off below
    frame.close();
    return this.paper.getImageData(0, 0, part.width, part.height);
  }

  close() {
    if (this.player && this.player.state !== "closed") this.player.close();
    this.player = null;
  }

  #begin(part) {
    this.close();
    this.player = new VideoDecoder({ output: (frame) => this.#give(frame), error: () => this.#fail() });
    this.player.configure({ codec: codecOf(part.data), optimizeForLatency: true });
  }

  #next(part) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#fail(), PATIENCE);
      this.waiting = (frame) => {
        clearTimeout(timer);
        this.waiting = null;
        resolve(frame);
      };
      const type = part.kind === PART.VIDEO_KEY ? "key" : "delta";
      try {
        this.player.decode(new EncodedVideoChunk({ type, timestamp: this.stamp++, data: part.data }));
      } catch (error) {
        if (!(error instanceof DOMException)) throw error;
        this.#fail();
      }
    });
  }

  #give(frame) {
    if (this.waiting) this.waiting(frame);
    else frame.close();
  }

  #fail() {
    this.isOff = true;
    this.close();
    this.giveUp();
    this.waiting?.(null);
  }
}

// Calls `take(column, row)` for each tile a mask names; tiles are counted from the corner of the film.
export function eachTile(mask, take) {
  const columns = Math.ceil(mask.width / TILE);
  const count = columns * Math.ceil(mask.height / TILE);
  if (mask.data.length !== Math.ceil(count / 8)) throw new Broken("a mask of another size");
  for (let tile = 0; tile < count; tile++) {
    if (mask.data[tile >> 3] & (0x80 >> (tile & 7))) take((tile % columns) * TILE, Math.floor(tile / columns) * TILE, TILE);
  }
}

// "avc1.640028": profile, constraints and level as the stream itself names them. Throws Broken.
function codecOf(data) {
  for (let at = 0; at + 7 < data.length; at++) {
    const isUnit = data[at] === 0 && data[at + 1] === 0 && data[at + 2] === 1;
    if (isUnit && (data[at + 3] & 31) === 7) {
      return `avc1.${[...data.subarray(at + 4, at + 7)].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
    }
  }
  throw new Broken("a film that does not say what it is");
}
