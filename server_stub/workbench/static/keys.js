// Keys that work everywhere: / to search, ? for the list of keys.

const actions = new Map();

const isTyping = (target) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

// `action` runs when `key` is pressed alone and nobody is typing.
export function onKey(key, action) {
  actions.set(key, action);
}

export function startKeys() {
  const help = document.querySelector("dialog[data-keys]");
  onKey("?", () => help?.showModal());
  onKey("/", () => document.querySelector("input[type=search]")?.focus());
  for (const opener of document.querySelectorAll("[data-show-keys]")) {
    opener.addEventListener("click", () => {
      opener.closest("details")?.removeAttribute("open");
      help?.showModal();
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const action = actions.get(event.key);
    if (!action) return;
    event.preventDefault();
    action();
  });
}
