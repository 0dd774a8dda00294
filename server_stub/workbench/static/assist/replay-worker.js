// Opens and draws a recording off the page's own thread, with the viewer's own decoder.
//
// In: {canvas}, {load: {session, keys, url}}, {play}, {seek}, {speed}.
// Out: {loaded}, {at}, {size}, {shape}, {place}, {over}, {failed}. Moments are milliseconds of the shortened time.

import { Broken } from "./broken.js";
import { Screen } from "./canvas.js";
import { FROM_HOST, PART, pair, readFrame, readJson } from "./frame.js";
import { asBytes, openRecorded, recordedKey } from "./seal.js";

const HEAD = 14; // server_stub/assist/tape.py
const LONGEST_REST = 2_000;
const TOLD_EVERY = 200;

let screen = null;
let records = []; // {at, link, sealed}; `at` in shortened time
let keys = new Map();
let session = "";
let next = 0; // the record that comes next
let now = 0;
let link = null;
let speed = 1;
let isPlaying = false;
let turn = Promise.resolve();
let ticket = 0; // grows with every wish: an older one stops
let toldAt = 0;
let begin = 0; // of the first picture: before it there is nothing to see

self.onmessage = ({ data }) => {
  if (data.canvas) screen = new Screen(data.canvas, () => {});
  if (data.load) then(() => load(data.load));
  if (data.speed) speed = data.speed;
  if (data.seek !== undefined) {
    ticket++;
    const wanted = data.seek;
    then(() => seek(wanted));
    if (isPlaying) run();
  }
  if (data.play !== undefined) {
    isPlaying = data.play;
    ticket++;
    if (isPlaying) run();
  }
};

function then(act) {
  turn = turn.then(act).catch((error) => {
    if (!(error instanceof Broken || error instanceof TypeError || error instanceof DOMException)) throw error;
    isPlaying = false;
    postMessage({ failed: error.message });
  });
}

async function load(told) {
  session = told.session;
  keys = new Map();
  for (const [number, key] of Object.entries(told.keys)) keys.set(Number(number), await recordedKey(asBytes(key)));
  const answer = await fetch(told.url, { cache: "no-store" });
  if (!answer.ok) throw new TypeError("no tape");
  records = read(new Uint8Array(await answer.arrayBuffer()));
  if (!records.length) throw new Broken("an empty tape");
  while (next < records.length && !(await draw(records[next++])));
  now = begin = records[next - 1].at;
  postMessage({ loaded: records.at(-1).at });
  tell(true);
}

// A message that was torn when the server was killed ends the tape.
function read(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = [];
  let from = 0;
  let before = null;
  let shortened = 0;
  while (from + HEAD <= bytes.length) {
    const at = Number(view.getBigUint64(from));
    const number = view.getUint16(from + 8);
    const length = view.getUint32(from + 10);
    if (from + HEAD + length > bytes.length) break;
    shortened += before === null ? 0 : Math.min(LONGEST_REST, Math.max(0, at - before));
    before = at;
    found.push({ at: shortened, link: number, sealed: bytes.subarray(from + HEAD, from + HEAD + length) });
    from += HEAD + length;
  }
  return found;
}

// Draws everything up to a moment at once; back means from the beginning.
async function seek(moment) {
  const wanted = Math.max(moment, begin);
  if (wanted < now) {
    next = 0;
    link = null;
  }
  const mine = ticket;
  while (next < records.length && records[next].at <= wanted) {
    await draw(records[next++]);
    if (ticket !== mine && next % 20 === 0) return; // another wish is waiting
  }
  now = wanted;
  tell(true);
}

function run() {
  const mine = ticket;
  then(async () => {
    let last = performance.now();
    while (isPlaying && ticket === mine && next < records.length) {
      const record = records[next];
      const wait = Math.min((record.at - now) / speed, TOLD_EVERY);
      if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
      if (ticket !== mine) return;
      const passed = performance.now();
      now = Math.min(record.at, now + (passed - last) * speed);
      last = passed;
      if (now >= record.at) {
        await draw(record);
        next++;
      }
      tell(false);
    }
    if (next >= records.length && isPlaying && ticket === mine) {
      isPlaying = false;
      tell(true);
      postMessage({ over: true });
    }
  });
}

function tell(isNow) {
  if (!isNow && performance.now() - toldAt < TOLD_EVERY) return;
  toldAt = performance.now();
  postMessage({ at: now });
}

// Whether it was a picture.
async function draw({ link: number, sealed }) {
  if (number !== link) {
    link = number;
    screen.restart();
  }
  const key = keys.get(number);
  if (!key) return false; // the machine never opened this link to the server
  const bytes = await openRecorded(key, session, sealed);
  if (bytes[0] === FROM_HOST.STATUS) {
    const status = readJson(bytes);
    const shown = status.screens?.find(([id]) => id === status.screen);
    if (shown && screen.resize(shown[2], shown[3])) postMessage({ size: { width: shown[2], height: shown[3] } });
  }
  if (bytes[0] !== FROM_HOST.FRAME) return false;
  const { parts } = readFrame(bytes);
  await screen.draw(parts.filter(({ kind }) => kind !== PART.CURSOR_SHAPE && kind !== PART.CURSOR_PLACE));
  for (const part of parts) {
    if (part.kind === PART.CURSOR_PLACE) {
      postMessage({ place: { x: part.x, y: part.y, isVisible: part.width === 1 } });
    } else if (part.kind === PART.CURSOR_SHAPE) {
      const [hotX, hotY] = pair(part.data);
      const bitmap = await createImageBitmap(new Blob([part.data.subarray(4)], { type: "image/png" }));
      postMessage({ shape: { bitmap, hotX, hotY } }, [bitmap]);
    }
  }
  return true;
}
