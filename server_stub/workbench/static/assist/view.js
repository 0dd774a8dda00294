// The shared screen on the page: fitted, at its own size or enlarged, moved, with the other side's pointer on top.

const STEP = 1.25;
const LARGEST = 8;
const NUDGE = 60;

export class View {
  constructor(root) {
    this.root = root;
    this.stage = root.querySelector("[data-stage]");
    this.sheet = root.querySelector("[data-sheet]");
    this.pointer = root.querySelector("[data-pointer]");
    this.output = root.querySelector("[data-zoom]");
    this.width = 0;
    this.height = 0;
    this.scale = 1;
    this.x = 0;
    this.y = 0;
    this.mode = "fit";
    this.hot = { x: 0, y: 0 };
    this.place = { x: 0, y: 0, isVisible: false };
    this.isOwn = false; // whether the pointer follows our own hand
    new ResizeObserver(() => this.lay()).observe(this.stage);
    this.stage.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    root.addEventListener("click", (event) => {
      const tool = event.target.closest("[data-tool]");
      if (tool) this.act(tool.dataset.tool);
    });
    document.addEventListener("fullscreenchange", () => this.#full());
  }

  resize({ width, height }) {
    this.width = width;
    this.height = height;
    this.sheet.style.width = `${width}px`;
    this.sheet.style.height = `${height}px`;
    this.lay();
  }

  // Where a mouse event is on the shared screen, in its pixels.
  at(event) {
    const box = this.sheet.getBoundingClientRect();
    const x = Math.floor((event.clientX - box.left) / this.scale);
    const y = Math.floor((event.clientY - box.top) / this.scale);
    const isInside = x >= 0 && y >= 0 && x < this.width && y < this.height;
    return { x: Math.min(Math.max(0, x), this.width - 1), y: Math.min(Math.max(0, y), this.height - 1), isInside };
  }

  lay() {
    if (!this.width) return;
    const { clientWidth, clientHeight } = this.stage;
    if (this.mode === "fit") this.scale = this.#fit();
    const width = this.width * this.scale;
    const height = this.height * this.scale;
    this.x = width <= clientWidth ? (clientWidth - width) / 2 : Math.min(0, Math.max(clientWidth - width, this.x));
    this.y = height <= clientHeight ? (clientHeight - height) / 2 : Math.min(0, Math.max(clientHeight - height, this.y));
    // Whole device pixels, or a picture at its own size would be blurred.
    const whole = (value) => Math.round(value * devicePixelRatio) / devicePixelRatio;
    this.sheet.style.transform = `translate(${whole(this.x)}px, ${whole(this.y)}px) scale(${this.scale})`;
    this.sheet.classList.toggle("crisp", this.scale * devicePixelRatio >= 2);
    this.output.textContent = `${Math.round(this.scale * devicePixelRatio * 100)} %`;
    for (const name of ["fit", "actual"]) {
      this.root.querySelector(`[data-tool="${name}"]`).setAttribute("aria-pressed", String(this.mode === name));
    }
  }

  act(tool) {
    if (tool === "full") {
      if (document.fullscreenElement) document.exitFullscreen();
      else this.root.requestFullscreen();
    }
    if (tool === "fit") {
      this.mode = "fit";
      this.lay();
    }
    if (tool === "actual") this.zoom(1 / devicePixelRatio);
    if (tool === "in") this.zoom(this.scale * STEP);
    if (tool === "out") this.zoom(this.scale / STEP);
  }

  zoom(scale, x = this.stage.clientWidth / 2, y = this.stage.clientHeight / 2) {
    const smallest = Math.min(this.#fit(), 1 / devicePixelRatio);
    const next = Math.min(LARGEST, Math.max(smallest, scale));
    this.x = x - (x - this.x) * (next / this.scale);
    this.y = y - (y - this.y) * (next / this.scale);
    this.scale = next;
    this.mode = "free";
    if (Math.abs(next - this.#fit()) < 0.001) this.mode = "fit";
    if (Math.abs(next - 1 / devicePixelRatio) < 0.001) this.mode = "actual";
    this.lay();
  }

  move(x, y) {
    this.x += x * NUDGE;
    this.y += y * NUDGE;
    this.lay();
  }

  shape({ bitmap, hotX, hotY }) {
    this.pointer.width = bitmap.width;
    this.pointer.height = bitmap.height;
    this.pointer.getContext("2d").drawImage(bitmap, 0, 0);
    bitmap.close();
    this.hot = { x: hotX, y: hotY };
    this.root.dataset.shaped = "";
    this.#point();
  }

  // Where the employee's pointer is; ours is drawn instead while we hold it, without the way there and back.
  pointerAt(place, isOwn = false) {
    this.isOwn = isOwn || (this.isOwn && isOwn !== null);
    if (isOwn || !this.isOwn) this.place = place;
    this.#point();
  }

  #point() {
    this.pointer.hidden = !this.place.isVisible;
    this.pointer.style.transform = `translate(${this.place.x - this.hot.x}px, ${this.place.y - this.hot.y}px)`;
  }

  #fit() {
    return Math.min(this.stage.clientWidth / this.width, this.stage.clientHeight / this.height, 2);
  }

  #full() {
    const isFull = document.fullscreenElement === this.root;
    this.root.querySelector('[data-tool="full"]').setAttribute("aria-pressed", String(isFull));
    // Where the browser lets us, Escape and Alt+Tab go to the employee's computer too; holding Escape still leads out.
    if (isFull) navigator.keyboard?.lock?.();
    else navigator.keyboard?.unlock?.();
  }

  #wheel(event) {
    if (!this.width || (!event.ctrlKey && this.root.dataset.hold === "control")) return;
    event.preventDefault();
    const box = this.stage.getBoundingClientRect();
    if (event.ctrlKey) {
      const factor = Math.exp(-Math.sign(event.deltaY) * Math.min(0.25, Math.abs(event.deltaY) / 400));
      this.zoom(this.scale * factor, event.clientX - box.left, event.clientY - box.top);
      return;
    }
    this.x -= event.deltaX;
    this.y -= event.deltaY;
    this.lay();
  }
}
