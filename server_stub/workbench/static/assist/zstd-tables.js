// Finite state entropy (RFC 8878, section 4.1): tables of states, read and built, and streams of bits read backwards.

import { Broken } from "./broken.js";

export const highestBit = (value) => 31 - Math.clz32(value);

// How many bits a backward stream between two places holds: its last byte ends with a one and zeros.
export function startOf(decoder, begin, end) {
  const last = decoder.input[end - 1];
  if (end <= begin || last === 0) throw new Broken("a stream of bits without an end");
  return (end - 1 - begin) * 8 + highestBit(last);
}

const probabilities = new Int16Array(256);
const next = new Uint16Array(256);

export class Table {
  constructor(mostAccuracy) {
    this.accuracy = 0;
    this.symbols = new Uint8Array(1 << mostAccuracy);
    this.bits = new Uint8Array(1 << mostAccuracy);
    this.bases = new Uint16Array(1 << mostAccuracy);
  }

  constant(symbol) {
    this.accuracy = 0;
    this.symbols[0] = symbol;
    this.bits[0] = 0;
    this.bases[0] = 0;
  }

  // Reads a table's description; returns where it ends.
  read(decoder, at, end, mostAccuracy, mostSymbols) {
    const { view } = decoder;
    let bit = 4;
    if (at >= end) throw new Broken("a table is cut off");
    const accuracy = (decoder.input[at] & 15) + 5;
    if (accuracy > mostAccuracy) throw new Broken("a table is too fine");
    let remaining = 1 << accuracy;
    let count = 0;
    const most = (end - at) * 8;
    while (remaining > 0) {
      if (count >= mostSymbols || bit >= most) throw new Broken("a table is wrong");
      const width = highestBit(remaining + 1) + 1;
      let value = (view.getUint32(at + (bit >> 3), true) >>> (bit & 7)) & ((1 << width) - 1);
      const lower = (1 << (width - 1)) - 1;
      const threshold = (1 << width) - 2 - remaining;
      if ((value & lower) < threshold) {
        value &= lower;
        bit += width - 1;
      } else {
        if (value > lower) value -= threshold;
        bit += width;
      }
      const probability = value - 1;
      remaining -= Math.abs(probability);
      probabilities[count++] = probability;
      if (probability !== 0) continue;
      let zeros;
      do {
        if (bit >= most) throw new Broken("a table is cut off");
        zeros = (view.getUint32(at + (bit >> 3), true) >>> (bit & 7)) & 3;
        bit += 2;
        if (count + zeros > mostSymbols) throw new Broken("a table is wrong");
        for (let i = 0; i < zeros; i++) probabilities[count++] = 0;
      } while (zeros === 3);
    }
    if (remaining < 0 || bit > most) throw new Broken("a table is wrong");
    this.build(probabilities, count, accuracy);
    return at + ((bit + 7) >> 3);
  }

  build(chances, count, accuracy) {
    const size = 1 << accuracy;
    const { symbols, bits, bases } = this;
    this.accuracy = accuracy;
    let high = size;
    for (let symbol = 0; symbol < count; symbol++) {
      if (chances[symbol] === -1) {
        symbols[--high] = symbol;
        next[symbol] = 1;
      }
    }
    const step = (size >> 1) + (size >> 3) + 3;
    let place = 0;
    for (let symbol = 0; symbol < count; symbol++) {
      const chance = chances[symbol];
      if (chance <= 0) continue;
      next[symbol] = chance;
      for (let i = 0; i < chance; i++) {
        symbols[place] = symbol;
        do place = (place + step) & (size - 1);
        while (place >= high);
      }
    }
    if (place !== 0) throw new Broken("a table is wrong");
    for (let state = 0; state < size; state++) {
      const count = next[symbols[state]]++;
      const width = accuracy - highestBit(count);
      bits[state] = width;
      bases[state] = (count << width) - size;
    }
  }
}
