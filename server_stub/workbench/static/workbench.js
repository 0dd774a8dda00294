// The door of every page: starts whatever the page has.

import { startArticles } from "./articles.js";
import { startCopying } from "./copying.js";
import { startKeys } from "./keys.js";
import { startMoments } from "./moments.js";
import { startPane } from "./pane.js";
import { startQueue } from "./queue.js";
import { startTicket } from "./ticket.js";

startMoments();
startKeys();
startCopying();
startPane();

const queue = document.querySelector("[data-queue]");
if (queue) startQueue(queue);
const ticket = document.querySelector("[data-ticket]");
if (ticket) startTicket(ticket);
const editor = document.querySelector("[data-editor]");
if (editor) startArticles(editor);

const assist = document.querySelector("[data-assist]");
if (assist) import("./assist/page.js").then(({ startAssist }) => startAssist(assist));

const replay = document.querySelector("[data-replay]");
if (replay) import("./assist/replay.js").then(({ startReplay }) => startReplay(replay));

// A language is chosen by a form that must come back to the same place.
for (const back of document.querySelectorAll("input[name=back]")) {
  back.value = location.pathname + location.search;
}

// An open menu closes when something else is wanted.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
