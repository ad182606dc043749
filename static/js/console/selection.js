// Ticked rows, and all that match: what is ticked stays while pages turn, and ends with the queue.
import { queueQuery, row, rows } from "./page.js";

const ticked = new Map(); // number → the version that was seen
let isAll = false;
let query = queueQuery();

function show() {
  for (const each of rows()) {
    const isTicked = isAll || ticked.has(each.dataset.order);
    each.querySelector("[data-tick]").checked = isTicked;
    each.classList.toggle("row--ticked", isTicked);
  }
  const bar = document.querySelector("[data-ticked]");
  bar.hidden = !isAll && ticked.size === 0;
  const words = isAll ? "全部符合条件的" : `已选 ${ticked.size} 张`;
  const count = bar.querySelector("[data-ticked-count]");
  if (count.textContent !== words) count.textContent = words;
  bar.querySelector("[data-tick-all]").hidden = isAll;
  const scope = document.querySelector("[data-bulk-scope]");
  if (scope) scope.textContent = words;
}

function clear() {
  ticked.clear();
  isAll = false;
  show();
}

export function toggle(number, isOn = !ticked.has(number)) {
  const found = row(number);
  if (isAll) {
    isAll = false;
    ticked.clear();
  }
  if (isOn && found) ticked.set(number, found.dataset.version);
  else ticked.delete(number);
  show();
}

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-tick]")) toggle(target.closest("[data-order]").dataset.order, target.checked);
});
document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-untick]")) clear();
  if (target.closest("[data-tick-all]")) {
    isAll = true;
    show();
  }
});

document.addEventListener("htmx:configRequest", ({ detail }) => {
  const form = detail.elt.closest?.("[data-bulk] form");
  if (!form) return;
  if (isAll) detail.parameters.query = queueQuery();
  else detail.parameters.orders = [...ticked].map((pair) => pair.join(":")).join(",");
});
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id === "queue" && query !== queueQuery()) {
    query = queueQuery();
    clear();
  } else if (["queue", "order-pane"].includes(detail.target.id)) {
    if (document.querySelector("[data-bulk-outcome]")) clear();
    else show();
  }
});
// Rows that were read again come without their ticks.
new MutationObserver(() => {
  if (isAll || ticked.size) show();
}).observe(document.getElementById("queue"), { childList: true, subtree: true });
