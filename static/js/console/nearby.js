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
