// The box for replies and notes. What is typed is kept on this computer until the server has it.

import { onKey } from "./keys.js";
import { tr } from "./language.js";

export class Writing {
  constructor(form, agent, ticket) {
    this.form = form;
    this.place = `deskbell:draft:${agent}:${ticket}`;
    this.body = form.elements.body;
    this.#restore();
    form.addEventListener("input", () => this.#keep());
    form.addEventListener("change", () => this.#keep());
    this.body.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        form.requestSubmit();
      }
      if (event.key === "Escape") this.body.blur();
    });
    onKey("r", () => this.#write("agent_reply"));
    onKey("i", () => this.#write("internal_note"));
  }

  // The server has it: the next text gets an identity of its own.
  sent(nextId) {
    localStorage.removeItem(this.place);
    this.body.value = "";
    this.form.elements.entry_id.value = nextId;
    this.form.querySelector("[data-kept]").textContent = "";
  }

  #write(kind) {
    this.form.elements.kind.value = kind;
    this.body.focus();
    this.form.scrollIntoView({ block: "nearest" });
  }

  #keep() {
    const text = this.body.value;
    const kept = this.form.querySelector("[data-kept]");
    if (!text) {
      localStorage.removeItem(this.place);
      kept.textContent = "";
      return;
    }
    const draft = { kind: this.form.elements.kind.value, body: text, id: this.form.elements.entry_id.value };
    localStorage.setItem(this.place, JSON.stringify(draft));
    kept.textContent = tr("Draft kept on this computer");
  }

  #restore() {
    const text = localStorage.getItem(this.place);
    if (!text || this.body.value) return;
    const draft = JSON.parse(text);
    this.form.elements.kind.value = draft.kind;
    this.body.value = draft.body;
    // The same identity again: if the answer to the first attempt was lost, there will still be one entry.
    this.form.elements.entry_id.value = draft.id;
    this.form.querySelector("[data-kept]").textContent = tr("Your draft is still here");
  }
}
