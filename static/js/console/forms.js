// The acts of the open order: one form at a time, focus where the next key is needed, and what was
// typed is never lost.
import { openNumber, orderOf, pane, refreshCounters, toast } from "./page.js";

let isSending = false;
export const isActing = () => isSending;
export const hasTyped = () => pane()?.dataset.typed === "yes";

const formOf = (action) => document.getElementById(`act-${action}`);

function firstOpenField(form) {
  const invalid = form.querySelector("[aria-invalid]");
  if (invalid) return invalid;
  if ("ready" in form.dataset) return form.querySelector("[data-submit]");
  const empty = [...form.querySelectorAll("textarea, .picker__input")].find((f) => !f.value);
  const radio = form.querySelector("input[type=radio]");
  const isAsked = radio && !form.querySelector(`[name="${radio.name}"]:checked`);
  return (isAsked && radio) || empty || form.querySelector("[data-submit]");
}

export function openAct(action) {
  const chosen = formOf(action);
  if (!chosen) return;
  for (const form of document.querySelectorAll("[data-act]")) form.hidden = form !== chosen;
  for (const button of document.querySelectorAll("[data-act-open]")) {
    button.setAttribute("aria-expanded", String(button.dataset.actOpen === action));
  }
  chosen.closest("[data-acts]").classList.add("acts--open");
  firstOpenField(chosen)?.focus();
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-act-open]");
  if (button) openAct(button.dataset.actOpen);
});

document.addEventListener("input", ({ target }) => {
  if (target.closest("[data-act], [data-reporter]")) pane().dataset.typed = "yes";
});

const isAct = (detail) => Boolean(detail.elt?.matches?.("[data-act]"));

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (isAct(detail)) isSending = true;
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (isAct(detail)) isSending = false;
});

// An order that is read again keeps the form that somebody is at.
let again = "";
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id !== "order-pane") return;
  const isSame = orderOf(detail) !== "" && orderOf(detail) === openNumber();
  again = (isSame && document.activeElement?.closest("[data-act]")?.dataset.act) || "";
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (new URL(detail.xhr.responseURL).pathname === "/sign-in/") {
    detail.shouldSwap = false;
    toast("登录已过期。请在新标签页重新登录后再提交，填写的内容还在页面上。");
    return;
  }
  // A refusal is an answer, too: show it in the pane.
  if (detail.target.id === "order-pane" && [403, 404].includes(detail.xhr.status)) {
    detail.shouldSwap = true;
    detail.isError = false;
  }
});

// Whoever went on to the search while the answer came is not called back.
const isElsewhere = () =>
  document.activeElement.matches("input, textarea, select") &&
  !document.activeElement.closest("#order-pane");

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id !== "order-pane") return;
  const { status } = detail.xhr;
  if (status === 409 || status === 422) pane().dataset.typed = "yes";
  document.getElementById("order-pane").scrollTop = 0;
  if (again) openAct(again);
  if (detail.requestConfig?.verb !== "post") return;
  refreshCounters();
  if (isElsewhere()) return;
  const form = document.querySelector("[data-act]:not([hidden])");
  const next = form ? firstOpenField(form) : document.querySelector("[data-act-open]");
  (next || document.getElementById("order-pane")).focus();
});

document.addEventListener("htmx:responseError", ({ detail }) => {
  toast(`没有成功（${detail.xhr.status}），填写的内容还在，请重试。`);
});
document.addEventListener("htmx:sendError", () => {
  toast("没有连上服务器，填写的内容还在，请稍后重试。");
});
