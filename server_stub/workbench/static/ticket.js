// A ticket's page: follows what happens to it, and sends what the agent does without losing a word.

import { fetchFragment, remember, renewForms, replaceParts } from "./fragments.js";
import { onKey } from "./keys.js";
import { tr } from "./language.js";
import { follow } from "./live.js";
import { toast } from "./toast.js";
import { Viewer } from "./viewer.js";
import { Writing } from "./writing.js";

const GATHER = 80;
const PROGRESS = 1_500; // milliseconds between looks at files that are still arriving

export function startTicket(page) {
  remember(page);
  const ticket = new Ticket(page);
  follow(
    Number(page.dataset.asOf),
    (change) => change.ticket === page.dataset.ticket && ticket.lookSoon(),
    () => ticket.lookSoon(),
  );
  const back = page.querySelector("[data-back]");
  back.href = sessionStorage.getItem("deskbell:queue") ?? back.href;
  onKey("u", () => back.click());
  onKey("t", () => page.querySelector("[data-take]")?.click());
}

class Ticket {
  constructor(page) {
    this.page = page;
    this.live = `/workbench/tickets/${page.dataset.ticket}/live`;
    this.soon = null;
    const viewer = page.querySelector("[data-viewer]");
    this.viewer = viewer ? new Viewer(viewer) : null;
    this.writing = new Writing(page.querySelector("[data-writing]"), page.dataset.agent, page.dataset.ticket);
    page.addEventListener("submit", (event) => this.#submit(event));
    setInterval(() => this.#isArriving() && !document.hidden && this.look(), PROGRESS);
  }

  lookSoon() {
    this.soon ??= new Promise((resolve) => setTimeout(resolve, GATHER)).then(() => {
      this.soon = null;
      return this.look();
    });
    return this.soon;
  }

  async look() {
    try {
      const answer = await fetchFragment(this.live);
      if (answer.ok) this.#show(answer.root);
    } catch (error) {
      // The stream comes back by itself and asks for another look then.
      if (!(error instanceof TypeError)) throw error;
    }
  }

  #isArriving() {
    return this.page.querySelector("[data-arriving]") !== null;
  }

  #show(root) {
    const viewer = root.querySelector("[data-viewer-update]");
    viewer?.remove();
    const replaced = replaceParts(root, this.page);
    if (viewer && this.viewer) this.viewer.renew(viewer);
    const version = root.querySelector("[data-version]")?.dataset.version;
    renewForms(root);
    if (version) {
      for (const field of this.page.querySelectorAll("input[name=version]")) field.value = version;
    }
    return replaced;
  }

  async #submit(event) {
    const form = event.target.closest("form[data-act]");
    if (!form) return;
    event.preventDefault();
    if (form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    const buttons = [...form.querySelectorAll("button")].filter((button) => !button.disabled);
    const body = new FormData(form, event.submitter);
    for (const button of buttons) button.disabled = true;
    if (form.elements.body) form.elements.body.readOnly = true; // what is typed now would be neither sent nor kept
    try {
      const answer = await fetchFragment(form.action, { method: "POST", body });
      const notice = answer.root.querySelector("[data-notice]");
      if (answer.root.querySelector("[data-version]")) this.#show(answer.root);
      if (answer.ok && !notice) this.#done(form, answer.root);
      else this.#complain(form, notice);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.#complain(form, null, tr("The server cannot be reached. Your text stays here; try again."));
    } finally {
      for (const button of buttons) button.disabled = false;
      if (form.elements.body) form.elements.body.readOnly = false;
      form.ariaBusy = "false";
    }
  }

  #done(form, root) {
    for (const old of this.page.querySelectorAll("[data-notice]")) old.remove();
    const next = root.querySelector("[data-next-entry]")?.dataset.nextEntry;
    if (form.matches("[data-writing]") && next) {
      this.writing.sent(next);
      toast(tr("Sent"));
    }
  }

  #complain(form, notice, text = tr("That did not work. Your text is still here; reload the page and try again.")) {
    for (const old of this.page.querySelectorAll("[data-notice]")) old.remove();
    const message = document.createElement("p");
    message.className = "message bad";
    message.dataset.notice = "";
    message.setAttribute("role", "alert");
    message.textContent = notice?.textContent.trim() ?? text;
    const place = form.matches("[data-writing]") ? form.querySelector("[data-notice-place]") : this.page.querySelector("[data-moves-notice]");
    place.append(message);
    message.scrollIntoView({ block: "nearest" });
  }
}
