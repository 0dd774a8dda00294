// What the codes of a sequence stand for (RFC 8878, section 3.1.1.3.2.1), and how likely each is unless told otherwise.

import { Table } from "./zstd-tables.js";

export const LENGTH_BASE = Int32Array.of(
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 128, 256, 512, 1024,
  2048, 4096, 8192, 16384, 32768, 65536,
);
export const LENGTH_BITS = Uint8Array.of(
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
);
export const MATCH_BASE = Int32Array.of(
  3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33,
  34, 35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027, 2051, 4099, 8195, 16387, 32771, 65539,
);
export const MATCH_BITS = Uint8Array.of(
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3,
  3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
);
export const LARGEST_OFFSET_CODE = 23;
const NORMAL_LENGTHS = [
  4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1,
];
const NORMAL_MATCHES = [
  1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
  1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
];
const NORMAL_OFFSETS = [
  1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1,
];

// One of the three kinds of code in a sequence: its usual table, its own, and which of them holds now.
class Code {
  constructor(normal, accuracy, mostAccuracy, symbols) {
    this.usual = new Table(accuracy);
    this.usual.build(Int16Array.from(normal), normal.length, accuracy);
    this.own = new Table(mostAccuracy);
    this.mostAccuracy = mostAccuracy;
    this.symbols = symbols;
    this.table = null;
  }
}

export const lengthCode = () => new Code(NORMAL_LENGTHS, 6, 9, LENGTH_BASE.length);
export const matchCode = () => new Code(NORMAL_MATCHES, 6, 9, MATCH_BASE.length);
export const offsetCode = () => new Code(NORMAL_OFFSETS, 5, 8, 32);
