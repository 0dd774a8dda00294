// The article editor: shows how the text will look, and does not let it be lost by a stray click.

import { fetchFragment } from "./fragments.js";

const PAUSE = 350;

export function startArticles(form) {
  const preview = document.querySelector("[data-preview]");
  let timer;
  let isChanged = false;
  const show = async () => {
    const answer = await fetchFragment("/workbench/article-editor/preview", { method: "POST", body: new FormData(form) });
    if (answer.ok) preview.replaceChildren(...answer.root.childNodes);
  };
  form.addEventListener("input", () => {
    isChanged = true;
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE);
  });
  form.addEventListener("submit", () => {
    isChanged = false;
  });
  addEventListener("beforeunload", (event) => {
    if (isChanged) event.preventDefault();
  });
}
