// The messages between host and viewer as bytes: app/protocol/stream.py in the browser. All numbers are big endian.

import { Broken } from "./broken.js";

export const FROM_HOST = { FRAME: 0x01, STATUS: 0x02, CHAT: 0x03, NOTICE: 0x04, DELIVERY: 0x05, TEXT: 0x06 };
export const FROM_VIEWER = {
  ACK: 0x11,
  POINT: 0x12,
  INPUT: 0x13,
  EVENT: 0x14,
  CHAT: 0x15,
  INK: 0x16,
  WISH: 0x17,
  FILE: 0x18,
  CHUNK: 0x19,
  TEXT: 0x1a,
};
export const PART = {
  COPY: 1,
  JPEG: 2,
  ZSTD: 3,
  VIDEO_KEY: 4,
  VIDEO_DELTA: 5,
  VIDEO_MASK: 6,
  CURSOR_SHAPE: 7,
  CURSOR_PLACE: 8,
  RESET: 9,
  COARSE: 10,
};

const FRAME_HEAD = 6;
const PART_HEAD = 13;
const VIEWER_HEAD = 7;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

const viewOf = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

// {number, parts: [{kind, x, y, width, height, data}]}; `data` are views into `bytes`. Throws Broken.
export function readFrame(bytes) {
  if (bytes.length < FRAME_HEAD) throw new Broken("a frame is cut off");
  const view = viewOf(bytes);
  const parts = [];
  let at = FRAME_HEAD;
  for (let left = view.getUint8(5); left > 0; left--) {
    if (at + PART_HEAD > bytes.length) throw new Broken("a part is cut off");
    const length = view.getUint32(at + 9);
    const from = at + PART_HEAD;
    if (from + length > bytes.length) throw new Broken("a part is cut off");
    parts.push({
      kind: view.getUint8(at),
      x: view.getUint16(at + 1),
      y: view.getUint16(at + 3),
      width: view.getUint16(at + 5),
      height: view.getUint16(at + 7),
      data: bytes.subarray(from, from + length),
    });
    at = from + length;
  }
  if (at !== bytes.length) throw new Broken("bytes are left over");
  return { number: view.getUint32(1), parts };
}

// The JSON of a message. Throws Broken.
export function readJson(bytes) {
  try {
    return JSON.parse(decoder.decode(bytes.subarray(1)));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) throw new Broken("not JSON");
    throw error;
  }
}

export function pair(bytes) {
  if (bytes.length < 4) throw new Broken("two numbers are cut off");
  const view = viewOf(bytes);
  return [view.getUint16(0), view.getUint16(2)];
}

export function viewerMessage(kind, number, epoch, body) {
  const message = new Uint8Array(VIEWER_HEAD + body.length);
  const view = viewOf(message);
  view.setUint8(0, kind);
  view.setUint32(1, number);
  view.setUint16(5, epoch);
  message.set(body, VIEWER_HEAD);
  return message;
}

export function ackBody(frame, milliseconds) {
  const body = new Uint8Array(6);
  viewOf(body).setUint32(0, frame);
  viewOf(body).setUint16(4, Math.min(65535, Math.max(0, Math.round(milliseconds))));
  return body;
}

export function pointBody(x, y, isVisible) {
  const body = new Uint8Array(5);
  viewOf(body).setUint16(0, x);
  viewOf(body).setUint16(2, y);
  body[4] = isVisible ? 1 : 0;
  return body;
}

// Bytes of a file and where in it they belong.
export function chunkBody(offset, bytes) {
  const body = new Uint8Array(4 + bytes.length);
  viewOf(body).setUint32(0, offset);
  body.set(bytes, 4);
  return body;
}

export const jsonBody = (value) => encoder.encode(JSON.stringify(value));
