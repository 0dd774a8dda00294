// Times in the reader's own zone: <time data-age> as "5 minutes ago", <time data-moment> as a clock time.

import { language, tr } from "./language.js";

// The page's language in the reader's own region: en-GB writes 20:11 where en-US writes 8:11 PM.
const region = navigator.languages.find((each) => each.split("-")[0] === language.split("-")[0]) ?? language;
const relative = new Intl.RelativeTimeFormat(language, { numeric: "always" });
const clock = new Intl.DateTimeFormat(region, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(region, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const dayOfYear = new Intl.DateTimeFormat(region, { dateStyle: "medium", timeStyle: "short" });
const full = new Intl.DateTimeFormat(region, { dateStyle: "full", timeStyle: "long" });

const STEPS = [["day", 86400], ["hour", 3600], ["minute", 60]];

function age(moment) {
  const seconds = Math.max(0, (Date.now() - moment) / 1000);
  for (const [unit, length] of STEPS) {
    if (seconds >= length) return relative.format(-Math.floor(seconds / length), unit);
  }
  return tr("just now");
}

function momentOf(moment) {
  const today = new Date();
  if (moment.toDateString() === today.toDateString()) return clock.format(moment);
  return (moment.getFullYear() === today.getFullYear() ? day : dayOfYear).format(moment);
}

export function showMoments(root = document) {
  for (const element of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    const text = "age" in element.dataset ? age(moment) : momentOf(moment);
    if (element.textContent !== text) element.textContent = text;
    if (!element.title) element.title = full.format(moment);
  }
}

export function startMoments() {
  showMoments();
  setInterval(showMoments, 15_000);
  document.addEventListener("visibilitychange", () => document.hidden || showMoments());
}
