// The keys of the page that registers calls: nothing is sent by a stray Enter.
import { letterOf } from "./key-map.js";

const TYPING = "textarea, select, input:not([type=radio]):not([type=checkbox])";
const KEYS = {
  "=": () => document.querySelector("[data-call] [data-register]").click(),
  "?": () => document.querySelector("[data-help]").showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
  const { target, key } = event;
  if (key === "Enter" && (event.ctrlKey || event.metaKey)) {
    document.querySelector("[data-call-form]")?.requestSubmit();
    return;
  }
  if (key === "Enter" && target.matches?.("[data-call-form] input")) event.preventDefault();
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  const isTyping = target.matches?.(TYPING);
  if (key === "Escape" && isTyping) target.blur();
  if (isTyping || document.querySelector("dialog[open]")) return;
  const letter = letterOf(key);
  if (!(letter in KEYS)) return;
  event.preventDefault();
  KEYS[letter]();
});
document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-help-open]")) document.querySelector("[data-help]").showModal();
});
