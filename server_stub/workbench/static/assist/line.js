// How good the line is: what arrives each second, what it can carry, and how far away the server is.

const PROBE = 5_000; // milliseconds between looks at how far away the server is

export class Line {
  constructor(root) {
    this.rate = root.querySelector("[data-rate]");
    this.latency = root.querySelector("[data-latency]");
    this.traffic = 0;
    this.capacity = 0;
    this.isWatched = false;
    setInterval(() => this.#measure(), 1_000);
    setInterval(() => this.#probe(), PROBE);
  }

  add(bytes) {
    this.traffic += bytes;
  }

  is(kilobits) {
    this.capacity = kilobits ?? 0;
  }

  // The server is looked at as soon as there is somebody to tell.
  watch(isWatched) {
    this.isWatched = isWatched;
    if (isWatched) this.#probe();
  }

  #measure() {
    const kilobytes = this.traffic / 1000;
    this.traffic = 0;
    if (!this.isWatched) return;
    const carries = this.capacity ? ` / ${Math.round(this.capacity / 8)}` : "";
    this.rate.textContent = `${kilobytes < 10 ? kilobytes.toFixed(1) : Math.round(kilobytes)}${carries} kB/s`;
  }

  async #probe() {
    if (!this.isWatched || document.hidden) return;
    const began = performance.now();
    try {
      await fetch("/api/v1/health", { cache: "no-store" });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return;
    }
    const took = Math.round(performance.now() - began);
    this.latency.textContent = `${took} ms`;
    this.latency.dataset.quality = took < 80 ? "good" : took < 250 ? "fair" : "poor";
  }
}
