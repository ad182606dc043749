// Shows on every page how much waits, and marks the orders of the list that acts wait for.

import { records } from "./store.js";
import { gathered, STATES } from "./view.js";

const HEARD = ["waiting", "sending", "delivered"];
const TOLD = ["refused", "sending", "waiting", "draft"];

export function startChip() {
  window.addEventListener("yiwang:outbox", gathered(draw));
  window.addEventListener("yiwang:swapped", draw);
  draw();
}

async function draw() {
  const rows = await records();
  chip(rows.filter((row) => row.kind !== "track" || row.state === "refused"));
  marks(rows);
  ahead(rows);
}

function chip(rows) {
  const place = document.querySelector("[data-outbox-chip]");
  const count = (...states) => rows.filter((row) => states.includes(row.state)).length;
  const [refused, unsent, drafts] = [count("refused"), count("waiting", "sending"), count("draft")];
  const words = refused ? `被拒 ${refused}` : unsent ? `待发 ${unsent}` : drafts ? `草稿 ${drafts}` : "";
  if (!place) return;
  place.hidden = !words;
  place.dataset.state = refused ? "refused" : unsent ? "waiting" : "draft";
  place.querySelector("[data-outbox-count]").textContent = words;
}

function marks(rows) {
  for (const card of document.querySelectorAll(".card[data-number]")) {
    const own = rows.filter((row) => row.number === card.dataset.number && TOLD.includes(row.state));
    const last = own.at(-1);
    const mark = card.querySelector("[data-record-mark]");
    mark.hidden = !last;
    if (!last) continue;
    mark.dataset.state = last.state;
    mark.textContent = `${last.label} ${STATES[last.state]}`;
  }
}

// What signing allows is there before the server has heard of it.
function ahead(rows) {
  const number = document.querySelector("[data-fresh=order]")?.dataset.number;
  if (!number) return;
  const version = document.querySelector("[data-order-version]")?.dataset.orderVersion;
  const signed = rows.some(
    (row) => row.number === number && row.verb === "sign" && row.seen === version && HEARD.includes(row.state),
  );
  document.querySelectorAll("[data-ahead=sign]").forEach((part) => (part.hidden = !signed));
  document.querySelectorAll("[data-until=sign]").forEach((part) => (part.hidden = signed));
}
