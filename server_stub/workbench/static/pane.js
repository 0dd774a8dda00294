// Articles open beside the ticket, without leaving it.

import { fetchFragment } from "./fragments.js";
import { tr } from "./language.js";

export function startPane() {
  const pane = document.querySelector("dialog.pane");
  if (!pane) return;
  const body = pane.querySelector("[data-pane-body]");
  document.addEventListener("click", async (event) => {
    const opener = event.target.closest("[data-pane]");
    if (!opener || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    body.replaceChildren();
    body.setAttribute("aria-busy", "true");
    pane.showModal();
    try {
      const answer = await fetchFragment(opener.dataset.pane);
      if (answer.ok) body.replaceChildren(...answer.root.childNodes);
      else body.textContent = tr("This article does not exist any more.");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      body.textContent = tr("The server cannot be reached.");
    }
    body.removeAttribute("aria-busy");
    pane.scrollTop = 0;
  });
  pane.addEventListener("click", (event) => {
    if (event.target === pane || event.target.closest("[data-close]")) pane.close();
  });
}
