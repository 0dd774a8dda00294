// The live queue: rows appear by themselves, but never move under the hand that is about to click.

import { fetchFragment, isSame, mergeKeyed, remember, renewForms, replaceParts, swap } from "./fragments.js";
import { onKey } from "./keys.js";
import { tr } from "./language.js";
import { follow } from "./live.js";
import { showMoments } from "./moments.js";

const GATHER = 80; // milliseconds in which several events become one look

export function startQueue(page) {
  const queue = new Queue(page);
  remember(page);
  showMoments(page);
  follow(Number(page.dataset.asOf), () => queue.lookSoon(), () => queue.lookSoon());
  onKey("j", () => queue.step(1));
  onKey("k", () => queue.step(-1));
  onKey("n", () => queue.release());
  // The ticket's way back leads to the same filter and search.
  sessionStorage.setItem("deskbell:queue", location.pathname + location.search);
}

class Queue {
  constructor(page) {
    this.page = page;
    this.title = document.title;
    this.unseen = new Set();
    this.isPointed = false;
    this.held = null;
    this.soon = null;
    this.looking = null;
    this.next = null;
    this.button = page.querySelector("[data-arrivals]");
    this.button.addEventListener("click", () => this.release());
    const list = page.querySelector("[data-list]");
    list.addEventListener("pointermove", () => {
      this.isPointed = true;
    });
    list.addEventListener("pointerleave", () => {
      this.isPointed = false;
      this.release();
    });
    document.addEventListener("visibilitychange", () => this.#showTitle());
  }

  get rows() {
    return this.page.querySelector("[data-rows]");
  }

  lookSoon() {
    this.soon ??= new Promise((resolve) => setTimeout(resolve, GATHER)).then(() => {
      this.soon = null;
      return this.look();
    });
    return this.soon;
  }

  // Answers when it has looked. Whoever asks while a look is under way shares the next one, for that may be too old.
  look() {
    if (this.looking) {
      this.next ??= this.looking.then(() => {
        this.next = null;
        return this.look();
      });
      return this.next;
    }
    this.looking = this.#fetch().finally(() => {
      this.looking = null;
    });
    return this.looking;
  }

  step(by) {
    const links = [...this.page.querySelectorAll("[data-rows] a.subject")];
    const at = links.indexOf(document.activeElement);
    const next = links[Math.min(links.length - 1, Math.max(0, at + by))];
    next?.focus();
    next?.closest("tr").scrollIntoView({ block: "nearest" });
  }

  release() {
    if (!this.held) return;
    const fresh = this.held;
    this.held = null;
    this.button.parentElement.hidden = true;
    this.#settle(fresh);
  }

  async #fetch() {
    try {
      const answer = await fetchFragment(`/workbench/queue${location.search}`);
      if (answer.ok) this.#take(answer.root);
    } catch (error) {
      // The stream comes back by itself and asks for another look then.
      if (!(error instanceof TypeError)) throw error;
    }
  }

  #take(root) {
    renewForms(root);
    const fresh = root.querySelector("[data-rows]");
    const known = new Set([...this.rows.children].map((row) => row.dataset.key));
    const arrived = [...fresh.children].filter((row) => !known.has(row.dataset.key));
    this.#announce(arrived);
    fresh.remove();
    replaceParts(root, this.page);
    const moves = arrived.length > 0 || fresh.children.length !== known.size;
    if (moves && (this.isPointed || this.#isFocused()) && known.size > 0) this.#hold(fresh, arrived.length);
    else this.#settle(fresh);
  }

  #isFocused() {
    return this.rows.contains(document.activeElement);
  }

  #hold(fresh, count) {
    this.held = fresh;
    this.button.textContent = count === 1 ? tr("1 new ticket") : tr("{count} new tickets", { count });
    this.button.parentElement.hidden = count === 0;
    const kept = new Map([...fresh.children].map((row) => [row.dataset.key, row]));
    for (const row of [...this.rows.children]) {
      const next = kept.get(row.dataset.key);
      row.classList.toggle("gone", !next);
      if (next && !isSame(row, next)) {
        const copy = next.cloneNode(true);
        remember({ querySelectorAll: () => [copy] });
        swap(row, copy);
      }
    }
    showMoments(this.rows);
  }

  #settle(fresh) {
    this.held = null;
    this.button.parentElement.hidden = true;
    const focused = document.activeElement?.closest?.("[data-rows] [data-key]")?.dataset.key;
    mergeKeyed(this.rows, fresh);
    if (focused) this.rows.querySelector(`[data-key="${CSS.escape(focused)}"] a.subject`)?.focus({ preventScroll: true });
    const isEmpty = this.rows.children.length === 0;
    this.page.querySelector("[data-empty]").hidden = !isEmpty;
    this.page.querySelector("[data-table]").hidden = isEmpty;
    showMoments(this.page);
  }

  #announce(arrived) {
    const newcomers = arrived.filter((row) => row.dataset.state === "new" && !this.unseen.has(row.dataset.key));
    if (newcomers.length === 0) return;
    for (const row of newcomers) this.unseen.add(row.dataset.key);
    const first = newcomers[0].querySelector(".subject").textContent.trim();
    this.page.querySelector("[data-announce]").textContent = tr("New ticket: {subject}", { subject: first });
    this.#showTitle();
  }

  #showTitle() {
    if (!document.hidden && !this.held) setTimeout(() => this.#clear(), 4_000);
    document.title = this.unseen.size ? `(${this.unseen.size}) ${this.title}` : this.title;
  }

  #clear() {
    if (document.hidden || this.held) return;
    this.unseen.clear();
    document.title = this.title;
  }
}
