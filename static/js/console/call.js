// A call while it is written down: kept on the server as one types, with what is known beside it.
import "./picker.js";
import "./call-keys.js";
import { clearKnowledge, showKnowledge } from "./call-answer.js";
import { askCaller } from "./call-caller.js";
import { showPlace, startMap } from "./call-map.js";
import { showKeys } from "./key-map.js";
import { toast } from "./page.js";

const WAIT_MS = 400;
const AGAIN_MS = 5_000;
const { page } = document.querySelector("[data-call]").dataset;
const form = () => document.querySelector("[data-call-form]");
const part = (name) => document.querySelector(`[data-${name}]`);
let timer = 0;
let asked = 0;
let flight = null; // the save on its way; a newer one and registering make it needless
let isSending = false;
let isClicked = false;

const isEmpty = ({ elements }) =>
  ["text", "phone", "name", "address", "pin", "category", "asked", "answer"].every((name) => !elements[name].value.trim());

function say(words, isTrouble = false) {
  const line = part("saved");
  if (!line) return;
  line.textContent = words;
  line.classList.toggle("call-form__saved--trouble", isTrouble);
}

// What somebody is at stays as it is until the next answer.
function put(place, html) {
  if (!place.contains(document.activeElement)) place.innerHTML = html;
}

function tellPlace({ dataset }) {
  const { where = "", problem = "", category = "", lon, lat } = dataset;
  const line = part("where-line");
  line.hidden = !where && !problem;
  line.classList.toggle("call-form__where--wrong", Boolean(problem));
  part("where-words").textContent = problem || where;
  part("unpin").hidden = !form().elements.pin.value;
  const hint = part("suggested");
  hint.hidden = !category;
  hint.textContent = category && `按内容将归入「${category}」`;
  showPlace({ lon, lat, codes: [dataset.grid, dataset.community, dataset.street] }, { isClicked });
  isClicked = false;
}

function tell({ hints, knowledge, drafts, saved, problem, code }) {
  // What the page that was left a moment ago still had to save came after this one was read.
  if (code === "stale_draft" && asked === 1) {
    window.location.reload();
    return;
  }
  if (problem) say(`没有保存：${problem}`, true);
  else if (!timer) say(`已保存 ${saved}`);
  put(part("drafts"), drafts);
  showKeys();
  put(part("hints"), hints);
  showKnowledge(knowledge);
  const found = part("where");
  if (found) tellPlace(found);
  const { value } = form().elements.record_uuid;
  history.replaceState(history.state, "", `${page}?draft=${value}`);
}

function fail(words) {
  say(words, true);
  timer = setTimeout(save, AGAIN_MS);
}

async function save({ isLeaving = false } = {}) {
  const open = form();
  clearTimeout(timer);
  timer = 0;
  if (!open || isSending) return;
  const { turn } = open.elements;
  if (turn.value === "0" && isEmpty(open)) return;
  turn.value = Number(turn.value) + 1;
  const mine = (asked += 1);
  flight?.abort();
  flight = new AbortController();
  const sent = { method: "POST", body: new FormData(open), keepalive: isLeaving, signal: flight.signal };
  try {
    const answer = await fetch(open.dataset.keep, sent);
    if (mine !== asked || form() !== open) return;
    if (answer.redirected) fail("登录已过期，还没保存：请在新标签页重新登录");
    else if (answer.headers.get("Content-Type")?.includes("json")) tell(await answer.json());
    else fail(`没有保存（${answer.status}），稍后再试`);
  } catch {
    if (!isSending && mine === asked && form() === open) fail("没有连上服务器，还没保存；内容都在页面上");
  }
}

function saveSoon() {
  say("正在保存…");
  clearTimeout(timer);
  timer = setTimeout(save, WAIT_MS);
}

function begin() {
  const open = form();
  if (!open) return;
  if (!isEmpty(open)) save();
  askCaller(open);
  (open.querySelector("[aria-invalid=true]") || open.elements.text).focus();
}

document.addEventListener("input", ({ target }) => {
  if (target.form === form()) saveSoon();
});
document.addEventListener("change", ({ target }) => {
  // What a list has put into a hidden field came without typing.
  if (target.form === form() && target.type === "hidden") {
    // The map gives way to what was chosen by name.
    if (["spot", "grid"].includes(target.name)) form().elements.pin.value = "";
    saveSoon();
  }
});
document.addEventListener("click", ({ target }) => {
  if (!target.closest("[data-unpin]")) return;
  form().elements.pin.value = "";
  save();
});
window.addEventListener("pagehide", () => {
  if (timer) save({ isLeaving: true });
});

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (!detail.elt.matches("[data-call-form]")) return;
  isSending = true;
  flight?.abort();
  clearTimeout(timer);
  timer = 0;
});
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (new URL(detail.xhr.responseURL).pathname !== "/sign-in/") return;
  detail.shouldSwap = false;
  toast("登录已过期。请在新标签页重新登录后再登记，填写的内容还在页面上。");
});
document.addEventListener("htmx:afterRequest", () => {
  isSending = false;
});
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id !== "call") return;
  if (form()) begin();
  else {
    part("hints").replaceChildren();
    clearKnowledge();
    document.querySelector(".draft--open")?.remove();
    part("receipt").querySelector("[data-register]").focus();
  }
});
document.addEventListener("htmx:responseError", ({ detail }) => {
  toast(`没有成功（${detail.xhr.status}），填写的内容还在，请重试。`);
});
document.addEventListener("htmx:sendError", () => {
  toast("没有连上服务器，填写的内容还在，请稍后重试。");
});

window.htmx.config.historyCacheSize = 0; // the form holds personal data
startMap(({ lon, lat }) => {
  if (!form()) return;
  isClicked = true;
  form().elements.pin.value = `${lon.toFixed(6)},${lat.toFixed(6)}`;
  save();
});
begin();
