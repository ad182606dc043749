// The knowledge base beside a call: what answers it, and the answer put into the form.
const place = document.querySelector("[data-knowledge]");
const ADVICE = "advice";
const HELP = "help"; // what the form offers at first
const TOKEN = /value="[A-Za-z0-9]{64}"/g;
let shown = "";
const form = () => document.querySelector("[data-call-form]");

// What somebody is at stays as it is until the next answer.
export function showKnowledge(html) {
  if (place.contains(document.activeElement) || place.querySelector(".mark[open]")) return;
  const entries = html.replace(TOKEN, ""); // which is another one each time
  if (entries === shown) return;
  shown = entries;
  place.innerHTML = html;
  window.htmx.process(place);
}

export function clearKnowledge() {
  shown = "";
  place.replaceChildren();
}

function change(isAnswered, { entry = "", words = "", answer = "" } = {}) {
  const { elements } = form();
  elements.mode.value = isAnswered ? "answer" : "";
  elements.entry.value = entry;
  elements.entry_words.value = words;
  elements.answer.value = answer;
  form().querySelector("[data-entry-words]").textContent = words;
  form().querySelector("[data-answer]").hidden = !isAnswered;
  form().querySelector("[data-answer-open]").hidden = isAnswered;
  const button = form().querySelector("[data-submit-words]");
  button.textContent = isAnswered ? button.dataset.answerWords : button.dataset.registerWords;
  // As typing does: so that the draft keeps it.
  elements.answer.dispatchEvent(new Event("input", { bubbles: true }));
}

function use(button) {
  const shown = button.closest("[data-entry]");
  const help = form().querySelector(`[name=nature][value=${HELP}]`);
  if (help.checked) form().querySelector(`[name=nature][value=${ADVICE}]`).checked = true;
  change(true, {
    entry: button.dataset.use,
    words: shown.querySelector(".answer__question").textContent,
    answer: shown.querySelector("[data-entry-answer]").textContent,
  });
  write();
}

function write() {
  form().elements.answer.focus({ preventScroll: true });
  form().querySelector("[data-answer]").scrollIntoView({ block: "nearest" });
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-use]");
  if (button && form()) use(button);
  if (target.closest("[data-answer-open]")) {
    change(true);
    write();
  }
  if (target.closest("[data-unanswer]")) {
    change(false);
    form().querySelector("[data-submit]").focus();
  }
});
