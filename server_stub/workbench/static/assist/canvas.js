// The employee's screen as pixels in memory and on a canvas: copies, lossless rectangles and photographs, in order.

import { Broken } from "./broken.js";
import { eachTile, Film } from "./film.js";
import { PART, pair } from "./frame.js";
import { Decoder } from "./zstd.js";

const MOST_BYTES = 1_900_000;
const MOST_PIXELS = 64 * 1024 * 1024;

export class Screen {
  // `giveUpFilms` is told when the browser's player fails.
  constructor(canvas, giveUpFilms) {
    this.canvas = canvas;
    // Pixels are kept here and only shown there: copying within a canvas would copy all of it first.
    this.context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    this.decoder = new Decoder();
    this.giveUpFilms = giveUpFilms;
    this.film = new Film(giveUpFilms);
    this.mask = null;
    this.image = null;
    this.pixels = null;
  }

  // Returns whether the size is another one than before.
  resize(width, height) {
    if (this.image && this.image.width === width && this.image.height === height) return false;
    if (!(width > 0 && height > 0 && width * height <= MOST_PIXELS)) throw new Broken("a screen of no size");
    this.canvas.width = width;
    this.canvas.height = height;
    this.image = new ImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.pixels.fill(0xff000000);
    return true;
  }

  // A new link begins a new stream.
  restart() {
    this.decoder = new Decoder();
    this.film.close();
    this.film = new Film(this.giveUpFilms);
    this.mask = null;
  }

  // Draws all parts of a frame that are pixels, all at once. Throws Broken.
  async draw(parts) {
    if (parts.some((part) => part.kind === PART.RESET)) this.restart();
    const pictures = await Promise.all(parts.map((part) => this.#picture(part)));
    parts.forEach((part, place) => {
      if (part.kind === PART.ZSTD) this.#rectangle(part);
      else if (part.kind === PART.COPY) this.#copy(part);
      else if (part.kind === PART.COARSE) this.#coarse(part, pictures[place]);
      else if (part.kind === PART.JPEG) this.#photograph(part, pictures[place]);
      else if (part.kind === PART.VIDEO_MASK) this.mask = part;
      else if (part.kind === PART.VIDEO_KEY || part.kind === PART.VIDEO_DELTA) this.#film(part, pictures[place]);
      else if (part.kind !== PART.RESET) throw new Broken("a part of an unknown kind");
    });
  }

  // What a part needs to have decoded before anything of the frame is drawn.
  #picture(part) {
    if (part.kind === PART.JPEG || part.kind === PART.COARSE) return decoded(part);
    if (part.kind === PART.VIDEO_KEY || part.kind === PART.VIDEO_DELTA) return this.film.decode(part);
    return null;
  }

  // What is shown now as a file: exact, unless that is more than the server takes at once.
  async picture() {
    const exact = await this.canvas.convertToBlob({ type: "image/png" });
    if (exact.size < MOST_BYTES) return exact;
    return this.canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
  }

  #check(x, y, width, height) {
    if (!this.image || x + width > this.image.width || y + height > this.image.height) {
      throw new Broken("outside of the screen");
    }
  }

  #show(part) {
    this.context.putImageData(this.image, 0, 0, part.x, part.y, part.width, part.height);
  }

  #rectangle(part) {
    const { x, y, width, height } = part;
    this.#check(x, y, width, height);
    const bytes = this.decoder.decode(part.data, width * height * 3);
    const { pixels } = this;
    const stride = this.image.width;
    let from = 0;
    for (let row = y; row < y + height; row++) {
      const end = row * stride + x + width;
      for (let to = row * stride + x; to < end; to++) {
        pixels[to] = 0xff000000 | (bytes[from + 2] << 16) | (bytes[from + 1] << 8) | bytes[from];
        from += 3;
      }
    }
    this.#show(part);
  }

  #copy(part) {
    const { x, y, width, height } = part;
    const [fromX, fromY] = pair(part.data);
    this.#check(x, y, width, height);
    this.#check(fromX, fromY, width, height);
    const stride = this.image.width;
    const isDown = y > fromY; // rows that are still needed are not overwritten first
    for (let i = 0; i < height; i++) {
      const row = isDown ? height - 1 - i : i;
      const from = (fromY + row) * stride + fromX;
      this.pixels.copyWithin((y + row) * stride + x, from, from + width);
    }
    this.#show(part);
  }

  // The tiles of the mask that came before; the others are shown better already.
  #film(part, decoded) {
    const { mask } = this;
    this.mask = null;
    if (!decoded) return; // given up: everything comes again
    const isSame = mask && ["x", "y", "width", "height"].every((name) => mask[name] === part[name]);
    if (!isSame) throw new Broken("a film without its mask");
    this.#check(part.x, part.y, part.width, part.height);
    const drawn = new Uint32Array(decoded.data.buffer);
    const stride = this.image.width;
    eachTile(mask, (left, top, size) => {
      const width = Math.min(size, part.width - left);
      for (let row = top; row < Math.min(top + size, part.height); row++) {
        const from = row * part.width + left;
        this.pixels.set(drawn.subarray(from, from + width), (part.y + row) * stride + part.x + left);
      }
    });
    this.#show(part);
  }

  // The very first picture, smaller than the screen: only to be seen until every part of it is there.
  #coarse(part, bitmap) {
    const { x, y, width, height } = part;
    this.#check(x, y, width, height);
    if (bitmap.width > width || bitmap.height > height) throw new Broken("a coarse picture that is too large");
    this.context.drawImage(bitmap, x, y, width, height);
    bitmap.close();
  }

  #photograph(part, bitmap) {
    const { x, y, width, height } = part;
    this.#check(x, y, width, height);
    if (bitmap.width !== width || bitmap.height !== height) throw new Broken("a photograph of another size");
    this.context.drawImage(bitmap, x, y);
    bitmap.close();
    // Later copies may start from here.
    const drawn = new Uint32Array(this.context.getImageData(x, y, width, height).data.buffer);
    const stride = this.image.width;
    for (let row = 0; row < height; row++) {
      this.pixels.set(drawn.subarray(row * width, (row + 1) * width), (y + row) * stride + x);
    }
  }
}

async function decoded(part) {
  try {
    return await createImageBitmap(new Blob([part.data], { type: "image/jpeg" }), { colorSpaceConversion: "none" });
  } catch (error) {
    if (error instanceof DOMException) throw new Broken("not a photograph");
    throw error;
  }
}
