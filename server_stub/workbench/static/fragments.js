// Pieces of page that the server has rendered: fetched, parsed and put in place without disturbing the rest.

import { showMoments } from "./moments.js";

const identity = (text) => text;
// Only markup rendered by our own server with escaping on passes here; the policy lets the browser refuse all else.
const policy = globalThis.trustedTypes?.createPolicy("deskbell", { createHTML: identity, createScriptURL: identity });
const sources = new WeakMap();

export const scriptUrl = (url) => policy?.createScriptURL(url) ?? url;

// Returns {ok, status, root}: root holds the parsed answer. Throws TypeError when the server cannot be reached.
export async function fetchFragment(url, options = {}) {
  const headers = { "Accept": "text/html", "Deskbell-Fragment": "1", ...options.headers };
  const answer = await fetch(url, { ...options, headers, credentials: "same-origin" });
  const text = await answer.text();
  const isMarkup = (answer.headers.get("Content-Type") ?? "").startsWith("text/html");
  const parsed = new DOMParser().parseFromString(policy?.createHTML(isMarkup ? text : "") ?? text, "text/html");
  const root = parsed.body;
  remember(root);
  return { ok: answer.ok && isMarkup, status: answer.status, root };
}

// Notes how the server rendered each keyed element, before scripts write times into it.
export function remember(root) {
  for (const element of root.querySelectorAll("[data-key], [data-part]")) sources.set(element, element.outerHTML);
}

export const isSame = (old, fresh) => sources.get(old) === sources.get(fresh);

// Gives all forms of the page the token that an answer came with: another session's, once somebody signed in again.
export function renewForms(root) {
  const csrf = root.querySelector("[data-csrf]")?.dataset.csrf;
  if (!csrf) return;
  for (const field of document.querySelectorAll("input[name=csrf]")) field.value = csrf;
}

// Replaces the parts (`data-part`) of the page that differ in the answer; returns the names of those replaced.
export function replaceParts(root, scope = document) {
  const replaced = [];
  for (const fresh of root.querySelectorAll("[data-part]")) {
    const name = fresh.dataset.part;
    const old = scope.querySelector(`[data-part="${CSS.escape(name)}"]`);
    if (!old || isSame(old, fresh)) continue;
    if (fresh.dataset.keyed !== undefined) mergeKeyed(old, fresh);
    else swap(old, fresh);
    replaced.push(name);
  }
  showMoments();
  return replaced;
}

// One element for another; opened <details> stay open and the focus stays where it was.
export function swap(old, fresh) {
  const open = new Set([...old.querySelectorAll("details[open][id]")].map((details) => details.id));
  const hadFocus = old.contains(document.activeElement) ? focusPath(document.activeElement) : null;
  const source = sources.get(fresh);
  const adopted = document.adoptNode(fresh);
  sources.set(adopted, source);
  old.replaceWith(adopted);
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (hadFocus) adopted.querySelector(hadFocus)?.focus({ preventScroll: true });
  return adopted;
}

function focusPath(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (element.name) return `[name="${CSS.escape(element.name)}"]`;
  if (element.dataset.focus) return `[data-focus="${CSS.escape(element.dataset.focus)}"]`;
  return null;
}

// Keyed children: unchanged ones stay the very same elements, so that selections and open parts survive.
export function mergeKeyed(old, fresh) {
  const known = new Map([...old.children].map((child) => [child.dataset.key ?? "", child]));
  let place = old.firstElementChild;
  for (const child of [...fresh.children]) {
    let current = known.get(child.dataset.key ?? "");
    known.delete(child.dataset.key ?? "");
    if (!current) {
      const source = sources.get(child);
      current = document.adoptNode(child);
      sources.set(current, source);
      current.classList.add("arrives");
      old.insertBefore(current, place);
      continue;
    }
    const isPlace = current === place;
    if (isPlace) place = place.nextElementSibling;
    if (!isSame(current, child)) current = swap(current, child);
    if (!isPlace) old.insertBefore(current, place);
  }
  for (const gone of known.values()) gone.remove();
  sources.set(old, sources.get(fresh));
}
