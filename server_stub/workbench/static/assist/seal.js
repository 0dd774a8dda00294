// End-to-end encryption with the host, and the phrase by which people check it: app/assist/seal.py in the browser.

import { Broken } from "./broken.js";

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const WAYS = ["host->viewer", "viewer->host"];
const encoder = new TextEncoder();

export const TO_VIEWER = 0;
export const TO_HOST = 1;

// Browsers have cryptography on pages from https and from this very computer only.
export const isPossible = () => globalThis.isSecureContext && globalThis.crypto?.subtle !== undefined;

export const asText = (bytes) => btoa(String.fromCharCode(...bytes));
export const asBytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
export const bytesOf = (uuid) => Uint8Array.from(uuid.replaceAll("-", "").match(/../g), (pair) => parseInt(pair, 16));

function joined(...pieces) {
  const all = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

const digest = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

// A key for one session; its private half cannot be read, not even by this page.
export async function makeKeys() {
  const pair = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const nonce = crypto.getRandomValues(new Uint8Array(32));
  return { privateKey: pair.privateKey, publicKey, nonce, commitment: await digest(joined(publicKey, nonce)) };
}

// Eight digits in two groups, the same at both ends unless somebody sits in between.
export async function phrase(session, viewerPublic, hostPublic) {
  const label = encoder.encode("deskbell-assist-phrase");
  const found = await digest(joined(label, bytesOf(session), viewerPublic, hostPublic));
  const number = new DataView(found.buffer).getUint32(0) % 100_000_000;
  const digits = String(number).padStart(8, "0");
  return `${digits.slice(0, 4)} ${digits.slice(4)}`;
}

// What only both ends can compute. It can be handed to a worker but not be read.
export async function sharedKey(privateKey, hostPublic) {
  const theirs = await crypto.subtle.importKey("raw", hostPublic, CURVE, false, []);
  const bits = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, privateKey, 256);
  return crypto.subtle.importKey("raw", bits, "HKDF", false, ["deriveKey"]);
}

async function cipher(shared, session, direction, link) {
  const info = encoder.encode(`deskbell-assist ${WAYS[direction]}/${link}`);
  return {
    key: await crypto.subtle.deriveKey(
      { name: "HKDF", hash: "SHA-256", salt: bytesOf(session), info },
      shared,
      { name: "AES-GCM", length: 256 },
      false,
      ["encrypt", "decrypt"],
    ),
    bound: joined(bytesOf(session), Uint8Array.of(direction)),
  };
}

function counted(counter) {
  const iv = new Uint8Array(12);
  new DataView(iv.buffer).setBigUint64(4, BigInt(counter));
  return iv;
}

// Seals messages of one direction of one link, in the order of the calls.
export class Sealer {
  static async make(shared, session, direction, link) {
    return Object.assign(new Sealer(), await cipher(shared, session, direction, link), { next: 0 });
  }

  async seal(message) {
    const iv = counted(this.next++);
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: this.bound }, this.key, message);
    return joined(iv.subarray(4), new Uint8Array(sealed));
  }
}

// Opens what the other end has sealed, each message once and in order. Throws Broken for anything else.
export class Opener {
  static async make(shared, session, direction, link) {
    return Object.assign(new Opener(), await cipher(shared, session, direction, link), { next: 0 });
  }

  async open(sealed) {
    const iv = counted(this.next++);
    const isNext = sealed.length >= 24 && iv.subarray(4).every((byte, place) => byte === sealed[place]);
    if (!isNext) throw new Broken("not the next message");
    try {
      const algorithm = { name: "AES-GCM", iv, additionalData: this.bound };
      return new Uint8Array(await crypto.subtle.decrypt(algorithm, this.key, sealed.subarray(8)));
    } catch (error) {
      if (error instanceof DOMException) throw new Broken("changed on the way");
      throw error;
    }
  }
}

// The key of one recorded link, as the server hands it out.
export const recordedKey = (raw) => crypto.subtle.importKey("raw", raw, { name: "AES-GCM" }, false, ["decrypt"]);

// Opens a message of a recording, whatever came before it. Throws Broken for one that was changed.
export async function openRecorded(key, session, sealed) {
  const iv = new Uint8Array(12);
  iv.set(sealed.subarray(0, 8), 4);
  const additionalData = joined(bytesOf(session), Uint8Array.of(TO_VIEWER));
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, key, sealed.subarray(8)));
  } catch (error) {
    if (error instanceof DOMException) throw new Broken("changed since it was recorded");
    throw error;
  }
}
