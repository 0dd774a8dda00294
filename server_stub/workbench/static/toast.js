// A short word that comes and goes; screen readers hear it too.

let timer;

export function toast(text) {
  const place = document.querySelector("[data-toast]");
  if (!place) return;
  place.textContent = text;
  place.classList.add("shown");
  clearTimeout(timer);
  timer = setTimeout(() => place.classList.remove("shown"), 2_000);
}
