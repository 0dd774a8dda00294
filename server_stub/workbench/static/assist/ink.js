// Showing the employee where to look: a pointer, arrows, boxes and ink that fades, on their screen and on ours.

import { FROM_VIEWER, pointBody } from "./frame.js";

const FADES = 4_000; // milliseconds; the overlay on the employee's screen does the same
const PIECE = 50;
const MOST = 60;
const NUDGE = 10;
const COLOUR = "#e5197d"; // as on the employee's screen: nothing on a desktop is magenta

export class Ink {
  constructor(root, view, course) {
    this.view = view;
    this.course = course;
    this.canvas = root.querySelector("[data-ink]");
    this.context = this.canvas.getContext("2d");
    this.isAllowed = false;
    this.shape = "pointer";
    this.drawings = [];
    this.drawing = null;
    this.spot = { x: 0, y: 0 };
    const { stage } = view;
    stage.addEventListener("pointermove", (event) => this.#move(event));
    stage.addEventListener("pointerdown", (event) => this.#down(event));
    stage.addEventListener("pointerup", (event) => this.#up(event));
    stage.addEventListener("pointerleave", () => this.#leave());
  }

  allow(isAllowed) {
    if (this.isAllowed && !isAllowed) this.drawing = null;
    this.isAllowed = isAllowed;
  }

  choose(shape) {
    this.shape = shape;
    this.#leave();
  }

  resize({ width, height }) {
    this.canvas.width = width;
    this.canvas.height = height;
    this.spot = { x: Math.round(width / 2), y: Math.round(height / 2) };
  }

  clear() {
    this.drawings = [];
    this.drawing = null;
    this.#paint();
    this.#send("clear", []);
  }

  // Moves the pointer by keys.
  nudge(x, y) {
    if (!this.isAllowed) return;
    this.spot.x = Math.min(this.canvas.width - 1, Math.max(0, this.spot.x + x * NUDGE));
    this.spot.y = Math.min(this.canvas.height - 1, Math.max(0, this.spot.y + y * NUDGE));
    this.#point(true);
  }

  #send(shape, points) {
    if (this.isAllowed) this.course.sendJson(FROM_VIEWER.INK, { shape, points });
  }

  #point(isVisible) {
    this.isPointing = isVisible;
    this.course.send(FROM_VIEWER.POINT, pointBody(this.spot.x, this.spot.y, isVisible));
  }

  #leave() {
    if (this.isAllowed && this.isPointing) this.#point(false);
  }

  #move(event) {
    if (!this.isAllowed || this.shape === "hand") return;
    const { x, y, isInside } = this.view.at(event);
    if (this.drawing) {
      this.#draw(event);
      return;
    }
    if (this.shape !== "pointer") return;
    if (!isInside) {
      this.#leave();
      return;
    }
    this.spot = { x, y };
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = null;
      if (this.isAllowed && this.shape === "pointer") this.#point(true);
    });
  }

  #down(event) {
    if (!this.isAllowed || event.button !== 0 || this.shape === "hand" || this.shape === "pointer") return;
    const { x, y, isInside } = this.view.at(event);
    if (!isInside) return;
    event.preventDefault();
    this.view.stage.setPointerCapture(event.pointerId);
    this.drawing = { shape: this.shape, points: [[x, y]], sent: 0, at: performance.now(), isOpen: true };
    this.drawings.push(this.drawing);
    this.#paint();
  }

  #draw(event) {
    const { drawing } = this;
    for (const each of event.getCoalescedEvents?.() ?? [event]) {
      const { x, y } = this.view.at(each);
      const [lastX, lastY] = drawing.points.at(-1);
      if (x === lastX && y === lastY) continue;
      if (drawing.shape === "ink") drawing.points.push([x, y]);
      else drawing.points[1] = [x, y];
    }
    if (drawing.shape === "ink" && performance.now() - drawing.at > PIECE) this.#piece(drawing);
    this.#paint();
  }

  // A stroke goes in pieces while it is drawn; each begins where the one before ended.
  #piece(drawing) {
    drawing.at = performance.now();
    while (drawing.sent < drawing.points.length - 1) {
      const end = Math.min(drawing.points.length, drawing.sent + MOST);
      this.#send("ink", drawing.points.slice(drawing.sent, end));
      drawing.sent = end - 1;
    }
  }

  #up(event) {
    const { drawing } = this;
    if (!drawing) return;
    this.#draw(event);
    this.drawing = null;
    drawing.isOpen = false;
    drawing.at = performance.now();
    if (drawing.points.length < 2) {
      this.drawings.pop();
      return;
    }
    if (drawing.shape === "ink") this.#piece(drawing);
    else this.#send(drawing.shape, drawing.points);
    drawing.at = performance.now();
    this.#paint();
  }

  #paint() {
    this.painting ??= requestAnimationFrame(() => {
      this.painting = null;
      const now = performance.now();
      const { context } = this;
      context.clearRect(0, 0, this.canvas.width, this.canvas.height);
      this.drawings = this.drawings.filter((each) => each.isOpen || now - each.at < FADES);
      for (const each of this.drawings) {
        const left = each.isOpen ? 1 : 1 - (now - each.at) / FADES;
        context.globalAlpha = Math.min(1, left * 2);
        paint(context, each, Math.max(3, 3 / this.view.scale));
      }
      if (this.drawings.length) this.#paint();
    });
  }
}

function paint(context, { shape, points }, width) {
  const [from, to] = [points[0], points.at(-1)];
  context.lineWidth = width;
  context.strokeStyle = COLOUR;
  context.lineCap = context.lineJoin = "round";
  context.beginPath();
  if (shape === "box") {
    context.rect(from[0], from[1], to[0] - from[0], to[1] - from[1]);
  } else {
    context.moveTo(...from);
    for (const point of points.slice(1)) context.lineTo(...point);
  }
  if (shape === "arrow") {
    const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
    for (const side of [-1, 1]) {
      context.moveTo(...to);
      context.lineTo(to[0] - 6 * width * Math.cos(angle + side * 0.5), to[1] - 6 * width * Math.sin(angle + side * 0.5));
    }
  }
  context.stroke();
}
