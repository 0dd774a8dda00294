// Handing things over: a file or text for the clipboard, each asked of the employee, and text the employee sends.
//
// One thing at a time. A piece of a file goes when the one before is written over there; one that was lost with the
// line is sent again.

import { tr } from "../language.js";
import { toast } from "../toast.js";
import { FROM_VIEWER, chunkBody } from "./frame.js";

const MOST = 64 * 1024 * 1024;
const PIECE = 32 * 1024;
const AGAIN = 5_000; // milliseconds without a word about a piece or an offer
const ENDS = {
  refused: () => tr("The employee did not take it"),
  kept: () => tr("The file is in the employee's download folder"),
  changed: () => tr("The file arrived changed and was deleted"),
  no_space: () => tr("There is no room for the file on the employee's computer"),
  infected: () => tr("The employee's virus scanner objected to the file"),
};

export class Handover {
  constructor(root, course) {
    this.root = root;
    this.course = course;
    this.isAllowed = false;
    this.what = null; // {name, bytes} of a file, {name} of text
    this.step = null;
    this.strip = root.querySelector("[data-handover]");
    this.picker = root.querySelector("[data-file]");
    this.writing = root.querySelector("[data-clipboard-dialog]");
    this.reading = root.querySelector("[data-given-dialog]");
    root.addEventListener("click", (event) => this.#click(event));
    this.picker.addEventListener("change", () => this.#picked());
    this.writing.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#offerText();
    });
    setInterval(() => this.#wait(), 1_000);
  }

  allow(isAllowed) {
    const isBack = isAllowed && !this.isAllowed;
    this.isAllowed = isAllowed;
    if (isBack && this.step === "taken") this.#piece();
    this.#refresh();
  }

  // What the host says of the offer.
  told({ step, received }) {
    if (!this.what) return;
    this.heardAt = performance.now();
    if (step === "asked") {
      this.step = step;
    } else if (step === "taken" && this.what.bytes) {
      this.step = step;
      this.received = received;
      this.#piece();
    } else if (step === "taken") {
      this.#over(tr("The text is on the employee's clipboard"));
      return;
    } else {
      this.#over(ENDS[step]?.() ?? "");
      return;
    }
    this.#refresh();
  }

  // Text the employee has copied and sent.
  given(text) {
    this.reading.querySelector("textarea").value = String(text);
    if (!this.reading.open) this.reading.showModal();
  }

  #click(event) {
    const target = event.target.closest("button");
    if (!target) return;
    if (target.matches("[data-send-file]")) this.picker.click();
    else if (target.matches("[data-send-text]")) this.writing.showModal();
    else if (target.matches("[data-withdraw]")) this.#withdraw();
    else if (target.matches("[data-shut]")) target.closest("dialog").close();
    else if (target.matches("[data-copy-given]")) this.#copy();
  }

  async #picked() {
    const [file] = this.picker.files;
    this.picker.value = "";
    if (!file || this.what || !this.isAllowed) return;
    if (file.size === 0 || file.size > MOST) {
      toast(tr("A file may have 64 MB at most, and not be empty."));
      return;
    }
    const bytes = new Uint8Array(await file.arrayBuffer());
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const sha256 = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const name = file.name.slice(0, 200) || "file";
    this.#begin({ name, bytes });
    this.course.sendJson(FROM_VIEWER.FILE, { name, size: file.size, sha256 });
  }

  #offerText() {
    const field = this.writing.querySelector("textarea");
    const text = field.value;
    if (!text.trim() || this.what || !this.isAllowed) return;
    field.value = "";
    this.writing.close();
    this.#begin({ name: tr("Text for the clipboard") });
    this.course.sendJson(FROM_VIEWER.TEXT, { text });
  }

  #begin(what) {
    this.what = what;
    this.step = "sent";
    this.received = 0;
    this.heardAt = performance.now();
    this.#refresh();
  }

  #piece() {
    if (!this.isAllowed || this.received >= this.what.bytes.length) return;
    const bytes = this.what.bytes.subarray(this.received, this.received + PIECE);
    this.course.send(FROM_VIEWER.CHUNK, chunkBody(this.received, bytes));
  }

  #wait() {
    if (!this.what || !this.isAllowed || performance.now() - this.heardAt < AGAIN) return;
    this.heardAt = performance.now();
    if (this.step === "taken") this.#piece();
    if (this.step === "sent") this.#over(tr("That did not get through. Try again."));
  }

  #withdraw() {
    if (!this.what) return;
    this.course.sendJson(FROM_VIEWER.EVENT, { event: "withdraw_offer" });
    this.#over("");
  }

  #over(words) {
    this.what = this.step = null;
    if (words) toast(words);
    this.#refresh();
  }

  #refresh() {
    for (const button of this.root.querySelectorAll("[data-send-file], [data-send-text]")) {
      button.disabled = !this.isAllowed || this.what !== null;
    }
    this.strip.hidden = this.what === null;
    if (!this.what) return;
    const share = this.what.bytes ? Math.floor((100 * this.received) / this.what.bytes.length) : 0;
    const isTaken = this.step === "taken";
    const told = { name: this.what.name, share };
    const words = isTaken && share < 100 ? tr("{name}: {share} % sent", told) : tr("The employee is asked: {name}", told);
    this.strip.querySelector("[data-words]").textContent = isTaken && share === 100 ? tr("{name}: being checked", told) : words;
    const bar = this.strip.querySelector("progress");
    bar.hidden = !isTaken;
    bar.value = share;
  }

  async #copy() {
    const field = this.reading.querySelector("textarea");
    try {
      await navigator.clipboard.writeText(field.value);
      toast(tr("Copied"));
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      field.select();
    }
  }
}
