// The agent's mouse and keyboard on the employee's computer, while that is allowed and no longer.
//
// What can be typed goes as text, so that layouts and input methods of the two sides never meet; the rest goes by key.
// Modifiers are pressed there only together with what they modify, and let go with everything else whenever this page
// loses the keyboard: nothing stays stuck.

import { FROM_VIEWER } from "./frame.js";

const MODIFIERS = [["Control", "ControlLeft", "ctrlKey"], ["Shift", "ShiftLeft", "shiftKey"], ["Alt", "AltLeft", "altKey"], ["Meta", "MetaLeft", "metaKey"]];
const NAMES = new Set(MODIFIERS.map(([name]) => name));
const BUTTONS = [[1, 0], [2, 2], [4, 1], [8, 3], [16, 4]]; // bits of `buttons` and the numbers they have in `button`
const NOTCH = 100; // pixels of scrolling that count as one notch of a wheel
const LINE = 40;

export class Hands {
  constructor(root, view, course, letGo) {
    this.view = view;
    this.course = course;
    this.letGo = letGo;
    this.isAllowed = false;
    this.pressed = new Map(); // codes of modifiers that are down over there
    this.held = new Set(); // other codes that are
    this.alone = null; // a modifier pressed with nothing else yet
    this.buttons = new Set();
    this.wheel = { x: 0, y: 0 };
    this.waiting = null;
    this.catcher = root.querySelector("[data-catcher]");
    const { stage } = view;
    stage.addEventListener("pointermove", (event) => this.#move(event));
    stage.addEventListener("pointerdown", (event) => this.#down(event));
    stage.addEventListener("pointerup", (event) => this.#up(event));
    stage.addEventListener("lostpointercapture", () => this.buttons.size && this.#release());
    stage.addEventListener("wheel", (event) => this.#scroll(event), { passive: false });
    stage.addEventListener("contextmenu", (event) => this.isAllowed && event.preventDefault());
    this.catcher.addEventListener("keydown", (event) => this.#keyDown(event));
    this.catcher.addEventListener("keyup", (event) => this.#keyUp(event));
    this.catcher.addEventListener("input", (event) => this.#input(event));
    this.catcher.addEventListener("compositionend", (event) => this.#text(event.data));
    this.catcher.addEventListener("focus", () => root.setAttribute("data-keys-held", ""));
    this.catcher.addEventListener("blur", () => {
      root.removeAttribute("data-keys-held");
      this.#release();
    });
    addEventListener("blur", () => this.#release());
    document.addEventListener("visibilitychange", () => document.hidden && this.#release());
    addEventListener("pagehide", () => this.#release());
  }

  // Takes hold, or lets go of everything.
  hold(isAllowed) {
    if (isAllowed === this.isAllowed) return;
    if (!isAllowed) {
      this.#release();
      this.isAllowed = false;
      this.view.pointerAt(this.view.place, null);
      if (document.activeElement === this.catcher) this.catcher.blur();
      return;
    }
    this.isAllowed = true;
    this.catcher.focus({ preventScroll: true });
  }

  attention() {
    if (this.isAllowed) this.#send({ kind: "secure_attention" });
  }

  #send(event) {
    this.course.sendJson(FROM_VIEWER.INPUT, event);
  }

  #move(event) {
    if (!this.isAllowed) return;
    const { x, y, isInside } = this.view.at(event);
    this.view.pointerAt({ x, y, isVisible: isInside }, isInside ? true : null);
    if (!isInside && !event.buttons) return;
    // The newest place is what counts; one for each picture of ours is enough.
    this.waiting ??= requestAnimationFrame(() => this.#flush());
    this.place = { x, y };
    // A second button while one is held comes as a move.
    if (this.buttons.size) this.#press(event, this.place);
  }

  #press(event, place) {
    for (const [bit, button] of BUTTONS) {
      const isDown = (event.buttons & bit) !== 0;
      if (isDown === this.buttons.has(button)) continue;
      if (isDown) this.buttons.add(button);
      else this.buttons.delete(button);
      this.#flush();
      this.#send({ kind: isDown ? "down" : "up", ...place, button });
    }
  }

  #flush() {
    if (this.waiting === null) return;
    cancelAnimationFrame(this.waiting);
    this.waiting = null;
    if (this.isAllowed) this.#send({ kind: "move", ...this.place });
  }

  #down(event) {
    if (!this.isAllowed) return;
    const { x, y, isInside } = this.view.at(event);
    if (!isInside) return;
    event.preventDefault();
    this.catcher.focus({ preventScroll: true });
    this.view.stage.setPointerCapture(event.pointerId);
    this.#flush();
    this.#modify(event);
    this.#press(event, { x, y });
  }

  #up(event) {
    if (!this.isAllowed || !this.buttons.size) return;
    const { x, y } = this.view.at(event);
    this.#press(event, { x, y });
  }

  #scroll(event) {
    if (!this.isAllowed || event.ctrlKey) return;
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : LINE;
    this.wheel.x += event.deltaX * unit;
    this.wheel.y += event.deltaY * unit;
    const dx = Math.trunc(this.wheel.x / NOTCH);
    const dy = Math.trunc(this.wheel.y / NOTCH);
    if (!dx && !dy) return;
    this.wheel.x -= dx * NOTCH;
    this.wheel.y -= dy * NOTCH;
    const { x, y } = this.view.at(event);
    this.#modify(event);
    const most = (notches) => Math.min(50, Math.max(-50, notches));
    this.#send({ kind: "wheel", x, y, dx: most(dx), dy: most(dy) });
  }

  #keyDown(event) {
    if (!this.isAllowed) return;
    if (event.ctrlKey && event.altKey && event.shiftKey) {
      event.preventDefault();
      this.#release();
      this.catcher.blur();
      this.letGo();
      return;
    }
    if (event.isComposing || event.key === "Process" || event.keyCode === 229) return;
    if (NAMES.has(event.key)) {
      this.alone = event.code;
      if (event.key === "Alt" || event.key === "Meta") event.preventDefault();
      return;
    }
    this.alone = null;
    const isText = [...event.key].length === 1 || event.key === "Dead";
    const isCommand = event.ctrlKey || event.altKey || event.metaKey;
    // With AltGr browsers say Ctrl and Alt as well, and mean a character.
    if (isText && (!isCommand || event.getModifierState("AltGraph"))) return;
    event.preventDefault();
    if (!event.code) return;
    this.#modify(event);
    this.held.add(event.code);
    this.#send({ kind: "key_down", code: event.code });
  }

  #keyUp(event) {
    if (!this.isAllowed) return;
    if (NAMES.has(event.key)) {
      if (this.alone === event.code && event.code) {
        this.#send({ kind: "key_down", code: event.code });
        this.#send({ kind: "key_up", code: event.code });
      }
      this.alone = null;
      this.#modify(event);
      return;
    }
    if (!this.held.delete(event.code)) return;
    event.preventDefault();
    this.#send({ kind: "key_up", code: event.code });
  }

  #input(event) {
    if (event.isComposing) return;
    if (event.inputType === "insertCompositionText" || event.inputType === "insertFromComposition") return;
    this.#text(this.catcher.value);
  }

  #text(text) {
    this.catcher.value = "";
    if (!text || !this.isAllowed) return;
    this.#modify({});
    for (let at = 0; at < text.length; at += 1000) this.#send({ kind: "text", text: text.slice(at, at + 1000) });
  }

  // Makes the modifiers over there those of an event.
  #modify(event) {
    for (const [name, code, property] of MODIFIERS) {
      const isDown = this.pressed.has(name);
      if (Boolean(event[property]) === isDown) continue;
      if (isDown) this.pressed.delete(name);
      else this.pressed.set(name, code);
      this.#send({ kind: isDown ? "key_up" : "key_down", code });
    }
  }

  #release() {
    if (!this.isAllowed) return;
    this.alone = null;
    this.pressed.clear();
    this.held.clear();
    this.buttons.clear();
    this.catcher.value = "";
    this.#send({ kind: "release_all" });
  }
}
