// Offering assistance: the reason, the password once more when it is due, and asking for a picture instead.

import { tr } from "../language.js";
import { toast } from "../toast.js";

export class Offer {
  // `invited()` is called when the invitation is made.
  constructor(root, course, invited) {
    this.root = root;
    this.course = course;
    this.invited = invited;
    this.form = root.querySelector("form[data-invite]");
    this.asking = root.querySelector("form[data-ask-picture]");
    this.form?.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#once(this.form, () => this.#invite());
    });
    this.asking?.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#once(this.asking, () => this.#ask());
    });
    // Until now a click would have sent the form without us, and nobody would have been asked.
    for (const form of [this.form, this.asking]) {
      const button = form?.querySelector(".feet button");
      if (button) button.disabled = false;
    }
    root.querySelector("[data-end-live]")?.addEventListener("click", (event) => this.#endLive(event.target));
  }

  async #once(form, act) {
    const button = form.querySelector("button.first, button:not([type=button])");
    if (button.disabled) return;
    button.disabled = true;
    try {
      await act();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.#complain(form, tr("The server cannot be reached."));
    }
    button.disabled = false;
  }

  async #invite() {
    const { reason, password } = this.form.elements;
    const told = await this.course.invite(reason.value, password.value);
    password.value = "";
    if (this.course.id) {
      this.#complain(this.form, "");
      this.invited();
      await this.course.look();
      return;
    }
    this.#complain(this.form, told.words || tr("That did not work. Reload the page and try again."));
    const needsProof = told.hurdle === "proof_needed" || told.hurdle === "proof_wrong";
    if (needsProof) this.root.querySelector("[data-proof]").hidden = false;
    (needsProof ? password : reason).focus();
  }

  async #ask() {
    const { text, entry_id } = this.asking.elements;
    if (!text.value.trim()) {
      text.focus();
      return;
    }
    const answer = await this.course.post(`tickets/${this.course.ticket}/ask-picture`, { text: text.value, entry_id: entry_id.value });
    if (!answer.ok) {
      this.#complain(this.asking, tr("That did not work. Reload the page and try again."));
      return;
    }
    entry_id.value = crypto.randomUUID();
    this.#complain(this.asking, "");
    toast(tr("Asked. The picture will come as a reply on the ticket."));
  }

  async #endLive(button) {
    button.disabled = true;
    await this.course.post(`assist/${button.dataset.endLive}/stop`, {});
    button.closest("[data-live-one]").remove();
  }

  #complain(form, words) {
    const place = form.querySelector("[data-complaint]");
    place.textContent = words;
    place.hidden = !words;
  }
}
