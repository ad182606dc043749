// A search box that takes only what its list offers; the code goes into a hidden field. With
// data-picker-free any words will do, and those added to what was chosen leave the choice alone.
const WAIT_MS = 120;
let timer = 0;
let turn = 0;

const parts = (box) => ({
  input: box.querySelector("[role=combobox]"),
  list: box.querySelector("[role=listbox]"),
  codes: [...box.querySelectorAll("[data-picker-code]")],
});
const options = (list) => [...list.querySelectorAll("[data-code]")];

function close(box) {
  const { input, list } = parts(box);
  list.hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function highlight(box, option) {
  const { input, list } = parts(box);
  options(list).forEach((each) => each.setAttribute("aria-selected", String(each === option)));
  if (!option) return;
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

async function open(box, words) {
  const { input, list } = parts(box);
  const mine = (turn += 1);
  const answer = await fetch(`${box.dataset.picker}?q=${encodeURIComponent(words)}`);
  if (!answer.ok || mine !== turn || document.activeElement !== input) return;
  list.innerHTML = await answer.text();
  options(list).forEach((option, index) => {
    option.id = `${list.id}-${index}`;
  });
  list.hidden = "pickerFree" in box.dataset && options(list).length === 0;
  input.setAttribute("aria-expanded", String(!list.hidden));
  highlight(box, options(list)[0]);
}

export function choose(box, option) {
  const { input, codes } = parts(box);
  input.value = option.dataset.name;
  codes.forEach((code) => {
    code.value = code.dataset.pickerCode === option.dataset.field ? option.dataset.code : "";
  });
  input.removeAttribute("aria-invalid");
  if ("pickerFree" in box.dataset) box.dataset.pickerFree = input.value;
  close(box);
  codes[0].dispatchEvent(new Event("change", { bubbles: true }));
}

function search(box) {
  const { input, codes } = parts(box);
  const chosen = box.dataset.pickerFree;
  if (!chosen || !input.value.startsWith(chosen)) {
    codes.forEach((code) => {
      code.value = "";
    });
  }
  clearTimeout(timer);
  timer = setTimeout(() => open(box, input.value.trim()), WAIT_MS);
}

function step(box, by) {
  const { list } = parts(box);
  if (list.hidden) {
    open(box, "");
    return;
  }
  const all = options(list);
  const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  highlight(box, all[(at + by + all.length) % all.length]);
}

document.addEventListener("input", (event) => {
  const box = event.target.closest("[data-picker]");
  if (box && !event.isComposing) search(box);
});
document.addEventListener("compositionend", ({ target }) => {
  const box = target.closest?.("[data-picker]");
  if (box) search(box);
});
document.addEventListener("keydown", (event) => {
  const box = event.target.closest?.("[data-picker]");
  if (!box || event.isComposing || event.keyCode === 229) return;
  const { list } = parts(box);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    step(box, event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter" && !list.hidden && !event.ctrlKey) {
    event.preventDefault();
    const chosen = list.querySelector("[aria-selected=true]");
    if (chosen) choose(box, chosen);
  } else if (event.key === "Escape" && !list.hidden) {
    event.stopPropagation();
    close(box);
  }
});
document.addEventListener("focusin", ({ target }) => {
  if (target.matches?.(".picker__input")) target.select();
});
document.addEventListener("focusout", ({ target }) => {
  const box = target.closest?.("[data-picker]");
  if (box) close(box);
});
// Before the input loses focus.
document.addEventListener("mousedown", (event) => {
  const option = event.target.closest("[data-picker] [data-code]");
  if (!option) return;
  event.preventDefault();
  choose(option.closest("[data-picker]"), option);
});
document.addEventListener("click", ({ target }) => {
  if (target.matches(".picker__input") && parts(target.closest("[data-picker]")).list.hidden) {
    open(target.closest("[data-picker]"), "");
  }
});
