// Words between agent and employee, beside the picture. They are kept on the ticket.

import { tr } from "../language.js";
import { FROM_VIEWER } from "./frame.js";

export class Talk {
  constructor(root, course) {
    this.course = course;
    this.list = root.querySelector("[data-lines]");
    this.form = root.querySelector("[data-say]");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#say();
    });
    this.form.elements.text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#say();
    });
  }

  allow(isAllowed) {
    this.form.elements.text.disabled = !isAllowed;
    this.form.querySelector("button").disabled = !isAllowed;
  }

  // What the employee wrote.
  hear(text) {
    this.#add("employee", String(text).slice(0, 2000));
  }

  async #say() {
    const field = this.form.elements.text;
    const text = field.value.trim();
    if (!text || field.disabled) return;
    field.value = "";
    const line = this.#add("agent", text);
    this.course.sendJson(FROM_VIEWER.CHAT, { text });
    try {
      const answer = await this.course.post(`assist/${this.course.id}/chat`, { line_id: crypto.randomUUID(), text });
      if (!answer.ok) line.dataset.lost = tr("Not kept on the ticket");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      line.dataset.lost = tr("Not kept on the ticket");
    }
  }

  #add(party, text) {
    const line = document.createElement("li");
    line.dataset.party = party;
    line.textContent = text;
    this.list.append(line);
    line.scrollIntoView({ block: "nearest" });
    return line;
  }
}
