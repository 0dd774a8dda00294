// Zstandard as the host streams it (RFC 8878): one frame that goes on for the whole link, decoded up to each flush.
//
// Not there, because the host does not write it: dictionaries, checksums, windows above 8 MB, skippable frames.
// What came out lies in one growing history from which later blocks copy; callers get a view that is good until the
// next call. Nothing is allocated while decoding a block.

import { Broken } from "./broken.js";
import { Huffman } from "./zstd-huffman.js";
import {
  LARGEST_OFFSET_CODE, LENGTH_BASE, LENGTH_BITS, lengthCode, MATCH_BASE, MATCH_BITS, matchCode, offsetCode,
} from "./zstd-codes.js";
import { startOf } from "./zstd-tables.js";

const MAGIC = 0xfd2fb528;
const LARGEST_WINDOW = 8 * 1024 * 1024;
const LARGEST_BLOCK = 128 * 1024;
const PAD = 8; // bits are read four bytes at a time, also at the very end
const LITERALS = LARGEST_BLOCK + PAD; // the literals of a block lie in front of the history, to be copied within it

export class Decoder {
  constructor() {
    this.input = new Uint8Array(0);
    this.view = new DataView(this.input.buffer);
    this.history = new Uint8Array(LITERALS);
    this.position = LITERALS; // where the next byte goes
    this.oldest = LITERALS; // where the history of this frame begins
    this.window = 0; // 0 between frames
    this.huffman = new Huffman();
    this.lengths = lengthCode();
    this.matches = matchCode();
    this.offsets = offsetCode();
    this.recent = Int32Array.of(1, 4, 8);
    this.literals = 0;
  }

  // The `length` bytes that the next piece of the stream stands for. Throws Broken for anything else.
  decode(bytes, length) {
    this.#take(bytes);
    this.#makeRoom(length);
    const begin = this.position;
    const limit = begin + length;
    let at = 0;
    while (at < bytes.length) {
      if (this.window === 0) at = this.#frame(at, bytes.length, length);
      else at = this.#block(at, bytes.length, limit);
    }
    if (this.position !== limit) throw new Broken("too few bytes came out");
    return this.history.subarray(begin, limit);
  }

  #take(bytes) {
    if (this.input.length < bytes.length + PAD) {
      this.input = new Uint8Array(bytes.length * 2 + 4096);
      this.view = new DataView(this.input.buffer);
    }
    this.input.set(bytes);
    this.input.fill(0, bytes.length, bytes.length + PAD);
  }

  // Keeps one window of history in front of what comes next.
  #makeRoom(length) {
    if (this.position + length + PAD <= this.history.length) return;
    const kept = Math.min(this.window, this.position - this.oldest);
    const from = this.position - kept;
    const needed = LITERALS + kept + length + PAD;
    const wanted = LITERALS + this.window + Math.max(this.window, length) + PAD;
    if (needed > this.history.length || wanted > this.history.length) {
      const larger = new Uint8Array(Math.max(needed, wanted));
      larger.set(this.history.subarray(from, this.position), LITERALS);
      this.history = larger;
    } else {
      this.history.copyWithin(LITERALS, from, this.position);
    }
    this.oldest = LITERALS;
    this.position = LITERALS + kept;
  }

  #frame(at, end, length) {
    if (end - at < 6 || this.view.getUint32(at, true) !== MAGIC) throw new Broken("not a frame");
    const descriptor = this.input[at + 4];
    if (descriptor & 0x0f) throw new Broken("a dictionary, a checksum or something reserved");
    const isSingle = (descriptor & 0x20) !== 0;
    at += 5;
    let window = 0;
    if (!isSingle) {
      const base = 2 ** (10 + (this.input[at] >> 3));
      window = base + (base / 8) * (this.input[at] & 7);
      at += 1;
    }
    const flag = descriptor >> 6;
    const sizeBytes = flag === 0 ? Number(isSingle) : 2 ** flag;
    if (at + sizeBytes > end) throw new Broken("cut off");
    if (isSingle) {
      const low = sizeBytes === 1 ? this.input[at] : sizeBytes === 2 ? this.view.getUint16(at, true) + 256 : this.view.getUint32(at, true);
      window = Math.max(1, low);
    }
    if (window > LARGEST_WINDOW) throw new Broken("the window is too large");
    this.oldest = this.position;
    this.window = window;
    this.huffman.forget();
    this.lengths.table = this.matches.table = this.offsets.table = null;
    this.recent.set([1, 4, 8]);
    const begun = this.position;
    this.#makeRoomIn(begun, length);
    return at + sizeBytes;
  }

  // A new window may need a longer history than there was.
  #makeRoomIn(begun, length) {
    const missing = begun + length + PAD - this.history.length;
    if (missing <= 0) return;
    const larger = new Uint8Array(this.history.length + missing + this.window);
    larger.set(this.history);
    this.history = larger;
  }

  #block(at, end, limit) {
    if (end - at < 3) throw new Broken("cut off");
    const header = this.input[at] | (this.input[at + 1] << 8) | (this.input[at + 2] << 16);
    const size = header >>> 3;
    at += 3;
    if (size > LARGEST_BLOCK) throw new Broken("a block is too large");
    switch ((header >> 1) & 3) {
      case 0:
        if (at + size > end || this.position + size > limit) throw new Broken("cut off");
        this.history.set(this.input.subarray(at, at + size), this.position);
        this.position += size;
        at += size;
        break;
      case 1:
        if (at + 1 > end || this.position + size > limit) throw new Broken("cut off");
        this.history.fill(this.input[at], this.position, this.position + size);
        this.position += size;
        at += 1;
        break;
      case 2: {
        if (at + size > end || size < 2) throw new Broken("cut off");
        const sequences = this.#literals(at, at + size);
        this.#sequences(sequences, at + size, limit);
        at += size;
        break;
      }
      default:
        throw new Broken("a reserved block");
    }
    if (header & 1) this.window = 0;
    return at;
  }

  // Puts the literals of a block in front of the history; returns where its sequences begin.
  #literals(at, end) {
    const input = this.input;
    const first = input[at];
    const kind = first & 3;
    const form = (first >> 2) & 3;
    if (kind < 2) {
      let size = first >> 3;
      let head = 1;
      if (form === 1) {
        size = (first >> 4) | (input[at + 1] << 4);
        head = 2;
      } else if (form === 3) {
        size = (first >> 4) | (input[at + 1] << 4) | (input[at + 2] << 12);
        head = 3;
      }
      at += head;
      const taken = kind === 0 ? size : 1;
      if (size > LARGEST_BLOCK || at + taken > end) throw new Broken("literals are cut off");
      if (kind === 0) this.history.set(input.subarray(at, at + size), 0);
      else this.history.fill(input[at], 0, size);
      this.literals = size;
      return at + taken;
    }
    const head = form < 2 ? 3 : form + 2;
    const bits = form < 2 ? 10 : form * 4 + 6;
    const mask = (1 << bits) - 1;
    const size = (this.view.getUint32(at, true) >>> 4) & mask;
    const rest = this.view.getUint32(at + (bits === 10 ? 1 : 2), true);
    const packed = bits === 10 ? (rest >>> 6) & mask : bits === 14 ? (rest >>> 2) & mask : (rest >>> 6) & mask;
    at += head;
    if (size > LARGEST_BLOCK || at + packed > end) throw new Broken("literals are cut off");
    const stop = at + packed;
    const streams = kind === 2 ? this.huffman.read(this, at, stop) : at;
    this.huffman.decode(this, streams, stop, size, form !== 0);
    this.literals = size;
    return stop;
  }

  #sequences(at, end, limit) {
    const input = this.input;
    if (at >= end) throw new Broken("cut off");
    let count = input[at++];
    if (count === 255) {
      count = (input[at] | (input[at + 1] << 8)) + 0x7f00;
      at += 2;
    } else if (count >= 128) {
      count = ((count - 128) << 8) | input[at++];
    }
    if (count === 0) {
      if (at !== end) throw new Broken("bytes are left over");
      this.#rest(0, limit);
      return;
    }
    const modes = input[at++];
    if (modes & 3) throw new Broken("reserved modes");
    at = this.#table(this.lengths, modes >> 6, at, end);
    at = this.#table(this.offsets, (modes >> 4) & 3, at, end);
    at = this.#table(this.matches, (modes >> 2) & 3, at, end);
    if (at >= end) throw new Broken("cut off");
    this.#rest(this.#execute(at, end, count, limit), limit);
  }

  #table(code, mode, at, end) {
    switch (mode) {
      case 0:
        code.table = code.usual;
        return at;
      case 1:
        if (at >= end || this.input[at] >= code.symbols) throw new Broken("a code that does not exist");
        code.own.constant(this.input[at]);
        code.table = code.own;
        return at + 1;
      case 2:
        code.table = code.own;
        return code.own.read(this, at, end, code.mostAccuracy, code.symbols);
      default:
        if (code.table === null) throw new Broken("nothing to repeat");
        return at;
    }
  }

  // Runs the sequences; returns how many literals they used.
  #execute(begin, end, count, limit) {
    const view = this.view;
    const history = this.history;
    const recent = this.recent;
    const { symbols: lengthOf, bits: lengthNext, bases: lengthBase } = this.lengths.table;
    const { symbols: matchOf, bits: matchNext, bases: matchBase } = this.matches.table;
    const { symbols: offsetOf, bits: offsetNext, bases: offsetBase } = this.offsets.table;
    const literals = this.literals;
    const reach = this.window;
    const oldest = this.oldest;
    let position = this.position;
    let used = 0;
    let [first, second, third] = recent;
    let bit = startOf(this, begin, end);
    bit -= this.lengths.table.accuracy;
    let lengthState = peek(view, begin, bit, this.lengths.table.accuracy);
    bit -= this.offsets.table.accuracy;
    let offsetState = peek(view, begin, bit, this.offsets.table.accuracy);
    bit -= this.matches.table.accuracy;
    let matchState = peek(view, begin, bit, this.matches.table.accuracy);
    for (let left = count; left > 0; left--) {
      const offsetKind = offsetOf[offsetState];
      if (offsetKind > LARGEST_OFFSET_CODE) throw new Broken("an offset beyond the window");
      const matchKind = matchOf[matchState];
      const lengthKind = lengthOf[lengthState];
      bit -= offsetKind;
      if (bit < 0) throw new Broken("bits are missing");
      const value = (1 << offsetKind) + ((view.getInt32(begin + (bit >> 3), true) >>> (bit & 7)) & ((1 << offsetKind) - 1));
      const matchExtra = MATCH_BITS[matchKind];
      bit -= matchExtra;
      if (bit < 0) throw new Broken("bits are missing");
      const match = MATCH_BASE[matchKind] + ((view.getInt32(begin + (bit >> 3), true) >>> (bit & 7)) & ((1 << matchExtra) - 1));
      const lengthExtra = LENGTH_BITS[lengthKind];
      bit -= lengthExtra;
      if (bit < 0) throw new Broken("bits are missing");
      const length = LENGTH_BASE[lengthKind] + ((view.getInt32(begin + (bit >> 3), true) >>> (bit & 7)) & ((1 << lengthExtra) - 1));
      let offset;
      if (value > 3) {
        offset = value - 3;
        third = second;
        second = first;
        first = offset;
      } else {
        const which = value - 1 + (length === 0 ? 1 : 0);
        offset = which === 0 ? first : which === 1 ? second : which === 2 ? third : first - 1;
        if (which > 1) third = second;
        if (which > 0) {
          second = first;
          first = offset;
        }
      }
      if (left > 1) {
        let width = lengthNext[lengthState];
        bit -= width;
        if (bit < 0) throw new Broken("bits are missing");
        lengthState = lengthBase[lengthState] + ((view.getInt32(begin + (bit >> 3), true) >>> (bit & 7)) & ((1 << width) - 1));
        width = matchNext[matchState];
        bit -= width;
        if (bit < 0) throw new Broken("bits are missing");
        matchState = matchBase[matchState] + ((view.getInt32(begin + (bit >> 3), true) >>> (bit & 7)) & ((1 << width) - 1));
        width = offsetNext[offsetState];
        bit -= width;
        if (bit < 0) throw new Broken("bits are missing");
        offsetState = offsetBase[offsetState] + ((view.getInt32(begin + (bit >> 3), true) >>> (bit & 7)) & ((1 << width) - 1));
      }
      if (used + length > literals || position + length + match > limit) throw new Broken("too much comes out");
      if (length > 24) history.copyWithin(position, used, used + length);
      else for (let i = 0; i < length; i++) history[position + i] = history[used + i];
      used += length;
      position += length;
      if (offset < 1 || offset > position - oldest || offset > reach) throw new Broken("an offset beyond the window");
      const from = position - offset;
      if (match > 24 && offset >= match) {
        history.copyWithin(position, from, from + match);
      } else if (match > 64 && offset < 8) {
        repeat(history, position, offset, match);
      } else {
        for (let i = 0; i < match; i++) history[position + i] = history[from + i];
      }
      position += match;
    }
    if (bit !== 0) throw new Broken("bits are left over");
    recent[0] = first;
    recent[1] = second;
    recent[2] = third;
    this.position = position;
    return used;
  }

  // The literals after the last sequence.
  #rest(used, limit) {
    const length = this.literals - used;
    if (this.position + length > limit) throw new Broken("too much comes out");
    this.history.copyWithin(this.position, used, this.literals);
    this.position += length;
  }
}

function peek(view, begin, bit, width) {
  if (bit < 0) throw new Broken("bits are missing");
  return (view.getInt32(begin + (bit >> 3), true) >>> (bit & 7)) & ((1 << width) - 1);
}

// A short pattern many times over, doubled with each step.
function repeat(history, position, offset, length) {
  const end = position + length;
  let done = offset;
  let at = position;
  while (at < end) {
    const piece = Math.min(done, end - at);
    history.copyWithin(at, at - done, at - done + piece);
    at += piece;
    done += piece;
  }
}
