// Everything marked data-copy is copied by a click.

import { tr } from "./language.js";
import { toast } from "./toast.js";

async function copy(text) {
  if (navigator.clipboard && globalThis.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // Plain http in a company network has no clipboard interface; the old command still works there.
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "unseen";
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

const textOf = (source) =>
  [...source.querySelectorAll("[data-line]")].map((line) => line.dataset.line).join("\n") || source.textContent.trim();

export function startCopying() {
  document.addEventListener("click", async (event) => {
    const origin = event.target.closest("[data-copy]");
    if (!origin || String(getSelection())) return;
    event.preventDefault();
    const source = origin.dataset.copy ? document.getElementById(origin.dataset.copy) : origin;
    const returning = document.activeElement;
    await copy(origin.dataset.value ?? textOf(source));
    returning?.focus({ preventScroll: true });
    toast(tr("Copied"));
  });
}
