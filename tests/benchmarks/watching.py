"""Pages that watch a desktop in Chromium and note when each change was drawn: Deskbell's viewer, noVNC, a video."""

from __future__ import annotations

from tests.benchmarks.desktop import SQUARE, SQUARES, STAMP_X, STAMP_Y

READ = f"""
export function stampIn(context) {{
  const row = context.getImageData({STAMP_X}, {STAMP_Y + SQUARE // 2}, {SQUARE * SQUARES}, 1).data;
  let number = 0, ones = 0;
  for (let place = 0; place < {SQUARES}; place++) {{
    const bit = row[(place * {SQUARE} + {SQUARE // 2}) * 4] > 127 ? 1 : 0;
    if (place === 0 && !bit) return -1;
    if (place > 0 && place < {SQUARES - 1}) {{ number |= bit << (place - 1); ones += bit; }}
    if (place === {SQUARES - 1} && bit !== (ones & 1)) return -1;
  }}
  return number;
}}
export const clock = () => (performance.timeOrigin + performance.now()) / 1000;
"""
WORKER = """
import "/assist/link-worker.js";
import { stampIn, clock } from "/read.js";
let canvas = null;
let seen = [];
const post = self.postMessage.bind(self);
self.addEventListener("message", async ({ data }) => {
  if (data.canvas) canvas = data.canvas;
  if (data.seen) post({ seen: seen.splice(0) });
  if (data.digest) {
    const { data: pixels } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    post({ digest: [...new Uint8Array(await crypto.subtle.digest("SHA-256", pixels))] });
  }
});
self.postMessage = (message, transfer) => {
  if (message.drawn) seen.push([stampIn(canvas.getContext("2d")), clock(), message.drawn.took, message.drawn.bytes]);
  post(message, transfer ?? []);
};
"""
DESKBELL = """<!doctype html><canvas id="screen" style="width:100%"></canvas><script type="module">
const worker = new Worker("/worker.js", { type: "module" });
const waiting = {};
window.trouble = [];
worker.onmessage = ({ data }) => {
  for (const name of Object.keys(data)) {
    if (waiting[name]) { waiting[name](data[name]); delete waiting[name]; }
    if (name === "broken" || name === "ended") window.trouble.push(data);
  }
};
worker.onerror = (event) => window.trouble.push(event.message);
const off = document.querySelector("#screen").transferControlToOffscreen();
worker.postMessage({ canvas: off }, [off]);
window.ask = (name) => new Promise((resolve) => { waiting[name] = resolve; worker.postMessage({ [name]: true }); });
window.open_ = async (session, secret) => {
  const raw = Uint8Array.from(atob(secret), (character) => character.charCodeAt(0));
  const shared = await crypto.subtle.importKey("raw", raw, "HKDF", false, ["deriveKey"]);
  const opened = new Promise((resolve) => { waiting.opened = resolve; });
  worker.postMessage({ open: { url: `ws://${location.host}/viewer`, session, shared } });
  await opened;
};
window.isReady = true;
</script>"""
NOVNC = """<!doctype html><div id="screen" style="width:100vw;height:100vh"></div><script type="module">
import RFB from "/novnc/core/rfb.js";
import { stampIn, clock } from "/read.js";
window.trouble = [];
let seen = [];
window.ask = async () => seen.splice(0);
window.open_ = (port, quality, compression) => {
  const began = clock();
  const rfb = new RFB(document.querySelector("#screen"), `ws://127.0.0.1:${port}/websockify`);
  if (quality !== null) { rfb.qualityLevel = quality; rfb.compressionLevel = compression; }
  const flip = rfb._display.flip.bind(rfb._display);
  rfb._display.flip = (...given) => {
    const found = flip(...given);
    const { _target: canvas, _targetCtx: context } = rfb._display;
    if (canvas.width > 1000) seen.push([stampIn(context), clock(), 0, 0]);
    return found;
  };
  rfb.addEventListener("disconnect", () => window.trouble.push("disconnected"));
  return began;
};
window.isReady = true;
</script>"""
WEBRTC = """<!doctype html><video id="screen" autoplay muted playsinline></video><script type="module">
import { stampIn, clock } from "/read.js";
window.trouble = [];
let seen = [];
const video = document.querySelector("video");
const canvas = document.createElement("canvas");
const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
const look = () => {
  if (video.videoWidth > 1000) {
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    context.drawImage(video, 0, 0);
    seen.push([stampIn(context), clock(), 0, 0]);
  }
  video.requestVideoFrameCallback(look);
};
video.requestVideoFrameCallback(look);
window.ask = async (name) => {
  if (name === "seen") return seen.splice(0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return [...new Uint8Array(await crypto.subtle.digest("SHA-256", data))];
};
const peer = new RTCPeerConnection();
peer.addTransceiver("video", { direction: "recvonly" });
peer.ontrack = ({ streams, track }) => { video.srcObject = streams[0] ?? new MediaStream([track]); };
window.offer = async () => {
  await peer.setLocalDescription(await peer.createOffer());
  return { type: "offer", sdp: peer.localDescription.sdp };
};
window.open_ = async (answer) => {
  const began = clock();
  await peer.setRemoteDescription(answer);
  return began;
};
window.isReady = true;
</script>"""
PAGES = {"/read.js": READ, "/worker.js": WORKER, "/deskbell": DESKBELL, "/vnc": NOVNC, "/webrtc": WEBRTC}
