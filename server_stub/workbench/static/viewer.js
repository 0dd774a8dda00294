// The screenshot: fitted, at its own size or enlarged, moved by hand, wheel or keys.

const STEP = 1.25;
const LARGEST = 8;
const NUDGE = 60;
const SCROLL_REST = 300; // milliseconds after which the wheel means the picture again, not the page

let lastScroll = 0;
addEventListener("scroll", () => { lastScroll = performance.now(); }, { passive: true });

export class Viewer {
  constructor(element) {
    this.element = element;
    this.stage = element.querySelector("[data-stage]");
    this.output = element.querySelector("output");
    this.scale = 1;
    this.x = 0;
    this.y = 0;
    this.mode = "fit";
    this.stage.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    this.stage.addEventListener("pointerdown", (event) => this.#grab(event));
    this.stage.addEventListener("dblclick", (event) => this.#toggle(event));
    this.stage.addEventListener("keydown", (event) => this.#key(event));
    element.addEventListener("click", (event) => this.#click(event));
    new ResizeObserver(() => this.place()).observe(this.stage);
    document.addEventListener("fullscreenchange", () => {
      this.#tool("full")?.setAttribute("aria-pressed", String(document.fullscreenElement === this.element));
    });
    this.choose(element.querySelector("[data-frame]")?.dataset.frame);
  }

  // New frames came or arrived in full; the one being looked at stays.
  renew(element) {
    const strip = this.element.querySelector("[data-frames]");
    const fresh = element.querySelector("[data-frames]");
    if (strip && fresh) strip.replaceWith(document.adoptNode(fresh));
    this.choose(this.frame);
  }

  choose(id) {
    const buttons = [...this.element.querySelectorAll("[data-frame]")];
    const button = buttons.find((one) => one.dataset.frame === id) ?? buttons[0];
    if (!button) return;
    for (const one of buttons) one.setAttribute("aria-pressed", String(one === button));
    const { name, pixels } = button.dataset;
    this.element.querySelector("[data-frame-name]").textContent = name;
    this.element.querySelector("[data-frame-pixels]").textContent = pixels;
    this.#await(button);
    const isNew = this.frame !== button.dataset.frame || this.source !== button.dataset.source;
    this.frame = button.dataset.frame;
    this.source = button.dataset.source;
    if (isNew) this.#load(button);
  }

  place() {
    if (!this.image?.naturalWidth) return;
    const { clientWidth: width, clientHeight: height } = this.stage;
    const fit = this.#fit();
    if (this.mode === "fit") this.scale = fit;
    const w = this.image.naturalWidth * this.scale;
    const h = this.image.naturalHeight * this.scale;
    this.x = w <= width ? (width - w) / 2 : Math.min(0, Math.max(width - w, this.x));
    this.y = h <= height ? (height - h) / 2 : Math.min(0, Math.max(height - h, this.y));
    this.image.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
    this.image.classList.toggle("crisp", this.scale >= 2);
    this.output.textContent = `${Math.round(this.scale * devicePixelRatio * 100)} %`;
    this.stage.dataset.zoom = String(Math.round(this.scale * 1000) / 1000);
    this.#tool("fit").setAttribute("aria-pressed", String(this.mode === "fit"));
    this.#tool("actual").setAttribute("aria-pressed", String(this.mode === "actual"));
  }

  // Zooms to `scale` CSS pixels per picture pixel, keeping the point (x, y) of the stage where it is.
  zoom(scale, x = this.stage.clientWidth / 2, y = this.stage.clientHeight / 2) {
    const smallest = Math.min(this.#fit(), 1 / devicePixelRatio);
    const next = Math.min(LARGEST, Math.max(smallest, scale));
    const grown = next / this.scale;
    this.x = x - (x - this.x) * grown;
    this.y = y - (y - this.y) * grown;
    this.scale = next;
    this.mode = "free";
    if (Math.abs(next - this.#fit()) < 0.001) this.mode = "fit";
    if (Math.abs(next - 1 / devicePixelRatio) < 0.001) this.mode = "actual";
    this.place();
  }

  #fit() {
    const { naturalWidth, naturalHeight } = this.image;
    const scale = Math.min(this.stage.clientWidth / naturalWidth, this.stage.clientHeight / naturalHeight);
    return Math.min(scale, 2); // a small dialog is not blown up into fog
  }

  #load(button) {
    this.image?.remove();
    this.image = null;
    this.mode = "fit";
    this.output.textContent = "";
    for (const tool of this.element.querySelectorAll("[data-tool]")) tool.disabled = !this.source;
    if (!this.source) return;
    const image = new Image();
    image.alt = button.dataset.name;
    image.draggable = false;
    image.addEventListener("load", () => this.place());
    image.src = this.source;
    this.image = image;
    this.stage.prepend(image);
  }

  #await(button) {
    const waiting = this.stage.querySelector("[data-awaited]");
    waiting.hidden = Boolean(button.dataset.source);
    const progress = waiting.querySelector("progress");
    progress.max = Number(button.dataset.size);
    progress.value = Number(button.dataset.arrived);
    waiting.querySelector("[data-progress]").textContent = button.dataset.progress ?? "";
  }

  #tool(name) {
    return this.element.querySelector(`[data-tool="${name}"]`);
  }

  #click(event) {
    const frame = event.target.closest("[data-frame]");
    if (frame) this.choose(frame.dataset.frame);
    const tool = event.target.closest("[data-tool]");
    if (tool) this.#act(tool.dataset.tool);
  }

  #act(tool) {
    if (tool === "full") {
      if (document.fullscreenElement) document.exitFullscreen();
      else this.element.requestFullscreen();
      return;
    }
    if (!this.image?.naturalWidth) return;
    if (tool === "fit") this.mode = "fit";
    if (tool === "actual") this.zoom(1 / devicePixelRatio);
    if (tool === "in") this.zoom(this.scale * STEP);
    if (tool === "out") this.zoom(this.scale / STEP);
    this.place();
  }

  #wheel(event) {
    if (!this.image?.naturalWidth) return;
    const isFull = document.fullscreenElement === this.element;
    if (!isFull && !event.ctrlKey && performance.now() - lastScroll < SCROLL_REST) return;
    const isIn = event.deltaY < 0;
    if (!isIn && this.scale <= this.#fit() + 0.001 && !event.ctrlKey) return; // fully seen: the page scrolls on
    event.preventDefault();
    const box = this.stage.getBoundingClientRect();
    const factor = Math.exp(-Math.sign(event.deltaY) * Math.min(0.25, Math.abs(event.deltaY) / 400));
    this.zoom(Math.max(this.scale * factor, isIn ? 0 : this.#fit()), event.clientX - box.left, event.clientY - box.top);
  }

  #grab(event) {
    if (event.button !== 0 || !this.image) return;
    this.stage.setPointerCapture(event.pointerId);
    this.stage.classList.add("held");
    this.stage.focus({ preventScroll: true });
    const from = { x: event.clientX - this.x, y: event.clientY - this.y };
    const move = (moved) => {
      this.x = moved.clientX - from.x;
      this.y = moved.clientY - from.y;
      this.place();
    };
    const end = () => {
      this.stage.removeEventListener("pointermove", move);
      this.stage.classList.remove("held");
    };
    this.stage.addEventListener("pointermove", move);
    this.stage.addEventListener("lostpointercapture", end, { once: true });
  }

  #toggle(event) {
    if (!this.image?.naturalWidth) return;
    const box = this.stage.getBoundingClientRect();
    if (this.mode === "fit") this.zoom(Math.max(1 / devicePixelRatio, this.scale * 2), event.clientX - box.left, event.clientY - box.top);
    else this.#act("fit");
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.image) return;
    const moves = { ArrowLeft: [NUDGE, 0], ArrowRight: [-NUDGE, 0], ArrowUp: [0, NUDGE], ArrowDown: [0, -NUDGE] };
    const tools = { "+": "in", "=": "in", "-": "out", 0: "fit", 1: "actual", f: "full" };
    if (event.key in moves) {
      this.x += moves[event.key][0];
      this.y += moves[event.key][1];
      this.place();
    } else if (event.key in tools) {
      this.#act(tools[event.key]);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}
