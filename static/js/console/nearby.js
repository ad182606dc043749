// Somebody on duty nearby: their grid goes into the form, which is sent with one more key.
import { openAct } from "./forms.js";
import { choose } from "./picker.js";

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-send]");
  const form = button && document.getElementById(`act-${button.dataset.send}`);
  if (!form) return;
  openAct(button.dataset.send);
  choose(form.querySelector("[data-picker]"), button);
  form.querySelector("[data-submit]").focus();
});

// The map's button leads here: once the people nearby are listed, the same button is pressed.
let wanted = window.location.hash.match(/^#send-(\w+)$/)?.[1] || "";

document.addEventListener("htmx:afterSettle", () => {
  const list = wanted && document.querySelector("[data-nearby]");
  if (!list) return;
  const code = wanted;
  wanted = "";
  history.replaceState(history.state, "", window.location.pathname + window.location.search);
  list.querySelector(`[data-send][data-code="${CSS.escape(code)}"]`)?.click();
});
