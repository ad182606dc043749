// What the other parts ask about the page: which order is open, which view, and how to load them.

export const base = document.querySelector("[data-desk]").dataset.base;

export const pane = () => document.querySelector("[data-order-pane]");
export const openNumber = () => pane()?.dataset.orderPane || "";
export const queueHead = () => document.querySelector("[data-queue]");
export const queueQuery = () => queueHead().dataset.query;
export const pageQuery = () => queueHead().dataset.page; // with the cursor of this very page
export const row = (number) => document.querySelector(`[data-order="${CSS.escape(number)}"]`);
export const rows = () => [...document.querySelectorAll("[data-order]")];

// The order that was asked for and is not here yet: keys must not act on the one it replaces.
let coming = "";
export const isOpening = () => coming !== "" && coming !== openNumber();
export const chosenNumber = () => coming || openNumber();

export const orderOf = ({ target, requestConfig }) => {
  if (target?.id !== "order-pane" || requestConfig?.verb !== "get") return "";
  return requestConfig.path.match(/orders\/([^/]+)\/$/)?.[1] || "";
};

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  coming = orderOf(detail) || coming;
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (coming && orderOf(detail) === coming) coming = "";
});

export function loadOrder(number) {
  return window.htmx.ajax("GET", `${base}orders/${encodeURIComponent(number)}/`, {
    target: "#order-pane",
    swap: "innerHTML",
  });
}

export function loadQueue() {
  return window.htmx.ajax("GET", `${base}queue/?${queueQuery()}`, {
    target: "#queue",
    swap: "innerHTML",
  });
}

export const refreshCounters = () => document.body.dispatchEvent(new Event("console:count"));

export function toast(words) {
  const note = document.createElement("p");
  note.className = "toast";
  note.textContent = words;
  document.querySelector("[data-toasts]").replaceChildren(note);
  setTimeout(() => note.remove(), 6000);
}

function markOpen() {
  const number = openNumber();
  for (const each of rows()) {
    const isOpen = each.dataset.order === number;
    each.classList.toggle("row--open", isOpen);
    const link = each.querySelector("a");
    if (isOpen) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
    // A row that left its view stays only while its order is open.
    if (!isOpen && each.dataset.inView === "0") each.remove();
  }
}

function markView() {
  const { view } = queueHead().dataset;
  for (const link of document.querySelectorAll("[data-view].views__link")) {
    if (link.dataset.view === view) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

function writeAddress() {
  const number = openNumber();
  const query = [pageQuery(), number ? `order=${encodeURIComponent(number)}` : ""];
  history.replaceState(history.state, "", `${base}?${query.filter(Boolean).join("&")}`);
}

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.path.startsWith(`${base}queue/`)) detail.parameters.order = openNumber();
});
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id === "order-pane") {
    markOpen();
    writeAddress();
  }
  if (detail.target.id === "queue" || detail.target.id === "views") markView();
});
// Filters that are being chosen stay open while each choice brings a fresh queue.
let areFiltersOpen = false;
let chosenFilter = "";

function showFilters() {
  const toggle = document.querySelector("[data-filters-toggle]");
  document.getElementById(toggle.getAttribute("aria-controls")).hidden = !areFiltersOpen;
  toggle.setAttribute("aria-expanded", String(areFiltersOpen));
}

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-filter]")) chosenFilter = target.name;
});
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id !== "queue") return;
  document.getElementById("queue").scrollTop = 0;
  showFilters();
  const again = chosenFilter && document.querySelector(`[data-filter][name="${chosenFilter}"]`);
  if (again) (again.type === "hidden" ? again.parentElement.querySelector("[role]") : again).focus();
  chosenFilter = "";
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.elt.matches?.("[data-keep]") && detail.successful) {
    detail.elt.closest("details").open = false;
    toast("筛选已保存，在左侧「我的筛选」。");
  }
});
document.addEventListener("click", ({ target }) => {
  if (!target.closest("[data-filters-toggle]")) return;
  areFiltersOpen = !areFiltersOpen;
  showFilters();
});
