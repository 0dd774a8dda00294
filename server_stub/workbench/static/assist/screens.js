// The employee's monitors: which one is seen, and asking for another.

import { tr } from "../language.js";
import { toast } from "../toast.js";
import { FROM_VIEWER } from "./frame.js";

// Another screen is asked for like a grade: the employee decides, and only then is anything of it seen.
export class Screens {
  constructor(root, course) {
    this.select = root.querySelector("[data-screens]");
    this.status = null;
    this.select.addEventListener("change", () => {
      course.sendJson(FROM_VIEWER.EVENT, { event: "ask_screen", screen: this.select.value });
      this.select.value = this.status.screen; // until the employee has chosen it
    });
  }

  told(before, status) {
    this.status = status;
    if (before) this.#tell(before, status);
    const names = status.screens.map(([id, , width, height], place) => {
      const name = tr("Screen {number} · {width} × {height}", { number: place + 1, width, height });
      return [id === status.screen_asked ? tr("Asked: {screen}", { screen: name }) : name, id];
    });
    const known = names.join("\n");
    if (this.select.dataset.known !== known) {
      this.select.dataset.known = known;
      this.select.replaceChildren(...names.map(([name, id]) => new Option(name, id)));
    }
    this.select.value = status.screen_asked || status.screen;
    this.select.closest("label").hidden = status.screens.length < 2;
    this.select.toggleAttribute("data-asked", Boolean(status.screen_asked));
  }

  allow(isActive) {
    this.select.disabled = !isActive || Boolean(this.status?.screen_asked);
  }

  #tell(before, status) {
    const isSeen = status.screen !== before.screen;
    const number = status.screens.findIndex(([id]) => id === status.screen) + 1;
    if (isSeen) toast(tr("The employee shows screen {number} now", { number }));
    else if (before.screen_asked && !status.screen_asked && !status.turning) toast(tr("The employee does not show another screen"));
  }
}
