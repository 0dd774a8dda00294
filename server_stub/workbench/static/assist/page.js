// The page of a remote-assist session: offered, asked, connected, over.

import { follow } from "../live.js";
import { tr } from "../language.js";
import { toast } from "../toast.js";
import { Course } from "./course.js";
import { FROM_VIEWER } from "./frame.js";
import { Handover } from "./handover.js";
import { Hands } from "./hands.js";
import { Ink } from "./ink.js";
import { Line } from "./line.js";
import { Offer } from "./offer.js";
import { Screens } from "./screens.js";
import { isPossible } from "./seal.js";
import { Talk } from "./talk.js";
import { View } from "./view.js";

const VIEW = 1;
const POINT = 2;
const CONTROL = 3;

export function startAssist(root) {
  const assist = new Assist(root);
  follow(
    Number(root.dataset.asOf),
    (change) => change.ticket === root.dataset.assistTicket && assist.look(),
    () => assist.look(),
  );
}

class Assist {
  constructor(root) {
    this.root = root;
    this.words = JSON.parse(root.dataset.words);
    this.status = null;
    this.state = "offer";
    this.tool = "pointer";
    if (!isPossible() || !HTMLCanvasElement.prototype.transferControlToOffscreen) {
      root.querySelector("[data-impossible]").hidden = false;
      root.querySelector("[data-offer]").hidden = true;
      return;
    }
    this.view = new View(root);
    const canvas = root.querySelector("[data-screen]");
    this.course = new Course(root.dataset.assistTicket, root.dataset.csrf, canvas, (name, value) => this.#hear(name, value));
    this.ink = new Ink(root, this.view, this.course);
    this.hands = new Hands(root, this.view, this.course, () => toast(tr("The keyboard is yours again")));
    this.talk = new Talk(root, this.course);
    this.handover = new Handover(root, this.course);
    this.screens = new Screens(root, this.course);
    this.line = new Line(root);
    this.offer = new Offer(root, this.course, () => this.#show("calling"));
    root.addEventListener("click", (event) => this.#click(event));
    this.view.stage.addEventListener("keydown", (event) => this.#key(event));
    // Leaving ends it: keys live in this page only.
    addEventListener("beforeunload", (event) => this.#isLive() && event.preventDefault());
    addEventListener("pagehide", (event) => {
      if (this.#isLive() && !event.persisted) this.course.post(`assist/${this.course.id}/stop`, {}, { keepalive: true });
    });
  }

  look() {
    this.course?.look().catch((error) => {
      // Without a network there is nothing to see; the stream asks again when it is back.
      if (!(error instanceof TypeError)) throw error;
    });
  }

  #isLive() {
    return Boolean(this.course?.id) && !this.course.isOver;
  }

  #hear(name, value) {
    switch (name) {
      case "standing":
        this.#stand(value);
        break;
      case "phrase":
        this.root.querySelector("[data-phrase]").textContent = value;
        this.root.querySelector("[data-phrase-place]").hidden = false;
        break;
      case "size":
        this.view.resize(value);
        this.ink.resize(value);
        break;
      case "status":
        this.#told(value);
        break;
      case "drawn":
        this.line.add(value.bytes);
        if (this.root.dataset.drawn === undefined) this.root.dataset.firstFrame = String(Math.round(performance.now() - this.allowedAt));
        this.root.dataset.drawn = String(value.number);
        if (this.state === "lost" || this.state === "calling") this.#show("connected");
        break;
      case "shape":
        this.view.shape(value);
        break;
      case "place":
        this.view.pointerAt(value);
        break;
      case "chat":
        this.talk.hear(value.text);
        this.#openTalk();
        break;
      case "delivery":
        this.handover.told(value);
        break;
      case "given":
        this.handover.given(value.text);
        break;
      case "notice":
        this.root.querySelector("[data-secret]").hidden = value.secret !== true;
        if (value.untyped) toast(tr("This desktop only types what is on its keyboard. Offer the text for the clipboard."));
        break;
      case "lost":
        if (this.state === "over") break;
        this.#show("lost");
        break;
      case "broken":
        this.#end("violation");
        break;
      case "ended":
        this.#end(value);
        break;
    }
  }

  #stand(standing) {
    if (standing.state === "ended") {
      this.#end(standing.ended);
      return;
    }
    if (standing.state === "allowed") this.allowedAt ??= performance.now();
    if (this.state === "calling") this.root.querySelector("[data-standing]").textContent = standing.title;
    this.root.dataset.standing = standing.state;
  }

  #told(status) {
    const before = this.status;
    this.status = status;
    if (this.state === "calling" || this.state === "lost") this.#show("connected");
    if (status.state === "ended") {
      this.#end(status.reason ?? "host_ended");
      return;
    }
    if (before && status.grade > before.grade) toast(tr("Allowed: {grade}", { grade: this.words.grades[status.grade] }));
    if (before && before.asked && !status.asked && status.grade === before.grade) toast(tr("The employee did not allow more"));
    this.screens.told(before, status);
    this.line.is(status.line_kbps);
    if (!before || status.grade !== before.grade) this.tool = status.grade === CONTROL ? "hand" : "pointer";
    this.#refresh();
  }

  // Everything that depends on grade and state, in one place.
  #refresh() {
    const { status } = this;
    const isActive = this.state === "connected" && status?.state === "active";
    const grade = isActive ? status.grade : 0;
    for (const button of this.root.querySelectorAll("[data-grade]")) {
      const wanted = Number(button.dataset.grade);
      button.setAttribute("aria-pressed", String(status?.grade === wanted));
      button.toggleAttribute("data-asked", isActive && status.asked === wanted);
      const isBeyond = wanted > (status?.highest ?? CONTROL);
      button.disabled = !isActive || status.asked !== null || isBeyond;
      button.title = isBeyond ? tr("Not on this desktop: it does not tell when the employee's own hand is at work") : "";
    }
    for (const button of this.root.querySelectorAll("[data-draw]")) {
      button.hidden = grade < POINT || (button.dataset.draw === "hand" && grade < CONTROL);
      button.setAttribute("aria-pressed", String(button.dataset.draw === this.tool));
    }
    this.screens.allow(isActive);
    this.root.querySelector("[data-attention]").hidden = grade < CONTROL;
    this.root.querySelector("[data-clear]").hidden = grade < POINT;
    this.root.querySelector("[data-draws]").hidden = grade < POINT;
    this.root.querySelector("[data-picture]").disabled = !isActive;
    this.root.dataset.gradeNow = String(status?.grade ?? VIEW);
    const holds = grade >= CONTROL && this.tool === "hand";
    if (holds) this.root.dataset.hold = "control";
    else delete this.root.dataset.hold;
    this.root.toggleAttribute("data-draws-now", grade >= POINT && !holds);
    this.root.querySelector("[data-way-out]").hidden = !holds;
    this.ink.allow(grade >= POINT);
    this.ink.choose(this.tool);
    this.hands.hold(holds);
    this.talk.allow(this.state === "connected");
    this.handover.allow(isActive);
    this.#curtain(isActive);
  }

  #curtain(isActive) {
    const curtain = this.root.querySelector("[data-curtain]");
    curtain.hidden = isActive;
    if (isActive) return;
    const isPaused = this.state === "connected" && this.status?.paused_by_person;
    const words = {
      connected: isPaused ? tr("The employee has paused the picture") : tr("Waiting for the picture…"),
      lost: tr("The connection is cut. It comes back by itself within two minutes, or ends."),
    };
    curtain.querySelector("p").textContent = words[this.state] ?? "";
  }

  #show(state) {
    if (this.state === "over") return;
    this.state = state;
    this.root.dataset.phase = state;
    this.line.watch(state === "connected");
    this.root.querySelector("[data-offer]").hidden = state !== "offer";
    this.root.querySelector("[data-calling]").hidden = state !== "calling";
    this.root.querySelector("[data-over]").hidden = state !== "over";
    this.root.querySelector("[data-session]").hidden = state !== "connected" && state !== "lost";
    this.root.querySelector("[data-stop]").hidden = state === "offer" || state === "over" || state === "calling";
    if (state === "connected" || state === "lost") this.#refresh();
    if (state === "connected") {
      this.view.lay();
    }
  }

  #end(reason) {
    if (this.state === "over") return;
    this.hands.hold(false);
    this.ink.allow(false);
    this.handover.allow(false);
    const over = this.root.querySelector("[data-over]");
    over.querySelector("h2").textContent = this.words.reasons[reason] ?? this.words.reasons.host_ended;
    over.querySelector("[data-advice]").textContent = this.words.advice[reason] ?? "";
    if (document.fullscreenElement) document.exitFullscreen();
    this.#show("over");
    this.root.dataset.reason = reason;
    this.course.finish();
    over.querySelector("a, button").focus({ preventScroll: true });
  }

  #click(event) {
    const target = event.target.closest("button");
    if (!target) return;
    const { grade, draw } = target.dataset;
    if (grade) this.#grade(Number(grade));
    else if (draw) this.#choose(draw);
    else if (target.matches("[data-clear]")) this.ink.clear();
    else if (target.matches("[data-attention]")) this.#attention();
    else if (target.matches("[data-picture]")) this.#keep(target);
    else if (target.matches("[data-talk]")) this.#openTalk(target.getAttribute("aria-pressed") !== "true");
    else if (target.matches("[data-stop], [data-cancel]")) this.#stop();
  }

  #attention() {
    this.hands.attention();
    toast(tr("Asked for. Where no program may press it, the employee is asked to."));
  }

  #choose(tool) {
    this.tool = tool;
    this.#refresh();
  }

  #grade(grade) {
    if (!this.status || grade === this.status.grade) return;
    const event = grade > this.status.grade ? "ask_grade" : "lower_grade";
    this.course.sendJson(FROM_VIEWER.EVENT, { event, grade });
  }

  async #stop() {
    try {
      await this.course.stop();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    this.#end("stopped_by_agent");
  }

  async #keep(button) {
    button.disabled = true;
    try {
      const picture = await this.course.picture();
      const headers = { "Content-Type": picture.type, "Deskbell-CSRF": this.course.csrf };
      const answer = await fetch(`/workbench/assist/${this.course.id}/picture`, { method: "POST", body: picture, headers });
      toast(answer.ok ? tr("The picture is on the ticket") : tr("The picture was not kept"));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      toast(tr("The picture was not kept"));
    }
    button.disabled = false;
  }

  #openTalk(isOpen = true) {
    this.root.toggleAttribute("data-talking", isOpen);
    this.root.querySelector("[data-talk]").setAttribute("aria-pressed", String(isOpen));
    this.view.lay();
  }

  #key(event) {
    if (event.target !== this.view.stage || event.ctrlKey || event.metaKey || event.altKey) return;
    const moves = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const tools = { "+": "in", "=": "in", "-": "out", 0: "fit", 1: "actual", f: "full" };
    if (event.key in moves) {
      const [x, y] = moves[event.key];
      if (this.status?.grade >= POINT && this.tool === "pointer") this.ink.nudge(-x * (event.shiftKey ? 5 : 1), -y * (event.shiftKey ? 5 : 1));
      else this.view.move(x, y);
    } else if (event.key in tools) {
      this.view.act(tools[event.key]);
    } else {
      return;
    }
    event.preventDefault();
  }
}
