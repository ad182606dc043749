// The open order follows the socket, unless somebody is writing in it.
import { hasTyped, isActing } from "./forms.js";
import { loadOrder, openNumber, pane } from "./page.js";

// These change an order's history without a new version.
const BESIDE = new Set(["remark", "escalate"]);

function refresh() {
  if (isActing()) return;
  if (hasTyped()) pane().querySelector("[data-fresh]")?.removeAttribute("hidden");
  else loadOrder(openNumber());
}

window.addEventListener("yiwang:order", ({ detail }) => {
  if (!openNumber() || detail.number !== openNumber()) return;
  const isKnown = Number(pane().dataset.version) >= detail.version;
  if (!isKnown || BESIDE.has(detail.action)) refresh();
});
window.addEventListener("yiwang:resync", ({ detail }) => {
  if (openNumber() && detail.reason !== "first") refresh();
});
