// Literals in Huffman codes (RFC 8878, section 4.2). A table lasts until the next one or the end of the frame.

import { Broken } from "./broken.js";
import { highestBit, startOf, Table } from "./zstd-tables.js";

const LONGEST = 11;

export class Huffman {
  constructor() {
    this.width = 0; // bits of the longest code; 0 without a table
    this.codes = new Uint16Array(1 << LONGEST); // bits of the code << 8 | symbol
    this.weights = new Uint8Array(256);
    this.ranks = new Uint16Array(LONGEST + 2);
    this.table = new Table(6);
  }

  forget() {
    this.width = 0;
  }

  // Reads a table's description; returns where it ends.
  read(decoder, at, end) {
    if (at >= end) throw new Broken("a table is cut off");
    const head = decoder.input[at++];
    let count;
    if (head >= 128) {
      count = head - 127;
      const bytes = (count + 1) >> 1;
      if (at + bytes > end) throw new Broken("a table is cut off");
      for (let i = 0; i < count; i++) {
        const byte = decoder.input[at + (i >> 1)];
        this.weights[i] = i & 1 ? byte & 15 : byte >> 4;
      }
      at += bytes;
    } else {
      if (at + head > end) throw new Broken("a table is cut off");
      count = this.#unpack(decoder, at, at + head);
      at += head;
    }
    this.#build(count);
    return at;
  }

  // Weights that are themselves packed, by two states in turn.
  #unpack(decoder, at, end) {
    const { table, weights } = this;
    const begin = table.read(decoder, at, end, 6, 256);
    const { view } = decoder;
    let bit = startOf(decoder, begin, end);
    const take = (width) => {
      bit -= width;
      if (bit < 0) throw new Broken("bits are missing");
      return (view.getUint32(begin + (bit >> 3), true) >>> (bit & 7)) & ((1 << width) - 1);
    };
    let state = take(table.accuracy);
    let other = take(table.accuracy);
    let count = 0;
    for (;;) {
      if (count > 253) throw new Broken("too many weights");
      weights[count++] = table.symbols[state];
      const width = table.bits[state];
      if (bit < width) {
        weights[count++] = table.symbols[other];
        return count;
      }
      const following = table.bases[state] + take(width);
      state = other;
      other = following;
    }
  }

  #build(count) {
    const { weights, ranks, codes } = this;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      if (weights[i] > LONGEST) throw new Broken("a code is too long");
      if (weights[i]) sum += 1 << (weights[i] - 1);
    }
    if (sum === 0) throw new Broken("a table without codes");
    const width = highestBit(sum) + 1;
    const left = (1 << width) - sum;
    if (width > LONGEST || (left & (left - 1)) !== 0) throw new Broken("a table is wrong");
    weights[count++] = highestBit(left) + 1;
    ranks.fill(0);
    for (let i = 0; i < count; i++) ranks[weights[i]] += weights[i] ? 1 << (weights[i] - 1) : 0;
    let place = 0;
    for (let weight = 1; weight <= width; weight++) {
      const room = ranks[weight];
      ranks[weight] = place;
      place += room;
    }
    for (let symbol = 0; symbol < count; symbol++) {
      const weight = weights[symbol];
      if (weight === 0) continue;
      const from = ranks[weight];
      ranks[weight] = from + (1 << (weight - 1));
      codes.fill(((width + 1 - weight) << 8) | symbol, from, ranks[weight]);
    }
    this.width = width;
  }

  // Decodes one stream or four into the front of the decoder's history.
  decode(decoder, at, end, size, isFour) {
    if (this.width === 0) throw new Broken("no table to go on with");
    if (!isFour) {
      this.#stream(decoder, at, end, 0, size);
      return;
    }
    if (end - at < 10) throw new Broken("streams are cut off");
    const { view } = decoder;
    const quarter = (size + 3) >> 2;
    if (size < 3 * quarter) throw new Broken("too few literals for four streams");
    const second = at + 6 + view.getUint16(at, true);
    const third = second + view.getUint16(at + 2, true);
    const fourth = third + view.getUint16(at + 4, true);
    if (fourth >= end) throw new Broken("streams are cut off");
    this.#stream(decoder, at + 6, second, 0, quarter);
    this.#stream(decoder, second, third, quarter, 2 * quarter);
    this.#stream(decoder, third, fourth, 2 * quarter, 3 * quarter);
    this.#stream(decoder, fourth, end, 3 * quarter, size);
  }

  #stream(decoder, begin, end, to, until) {
    const { view, history } = decoder;
    const { codes, width } = this;
    const mask = (1 << width) - 1;
    let bit = startOf(decoder, begin, end);
    let at = to;
    // Two codes to a look: together at most 22 bits of the 25 that four bytes are sure to hold.
    const last = until - 1;
    const twice = 2 * width;
    while (at < last && bit >= twice) {
      const low = bit - twice;
      const bits = view.getInt32(begin + (low >> 3), true) >>> (low & 7);
      const first = codes[(bits >>> width) & mask];
      const used = first >> 8;
      const second = codes[(bits >>> (width - used)) & mask];
      history[at] = first;
      history[at + 1] = second;
      at += 2;
      bit -= used + (second >> 8);
    }
    while (at < until) {
      const low = bit - width;
      const code =
        low >= 0
          ? codes[(view.getInt32(begin + (low >> 3), true) >>> (low & 7)) & mask]
          : codes[(view.getInt32(begin, true) << -low) & mask];
      history[at++] = code;
      bit -= code >> 8;
      if (bit < 0) throw new Broken("bits are missing");
    }
    if (bit !== 0) throw new Broken("bits are left over");
  }
}
