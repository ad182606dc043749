// The points of the day: what the server knew, and on top what this phone has checked in since.

import { lengthWords, metresTo } from "./check_in.js";

const APART_MS = 30 * 60_000; // sooner is the same visit
const HEARD = new Set(["waiting", "sending", "delivered"]);
const WORDS = { seen: "已到", partly: "还差一次", open: "未到" };

export function readStops(rows) {
  return [...document.querySelectorAll("[data-stop]")].map((node) => {
    const { stop: code, name, lon, lat, planned, seen } = node.dataset;
    const own = visitsOf(code, rows);
    const done = Math.min(Math.max(Number(seen), own.times.length), Number(planned));
    const isUnsent = own.rows.some((row) => row.state !== "delivered");
    const isJustNow = own.times.length > 0 && Date.now() - own.times.at(-1) < APART_MS;
    return { node, code, name, lon: Number(lon), lat: Number(lat), planned: Number(planned), done, isUnsent, isJustNow };
  });
}

function visitsOf(code, rows) {
  const today = new Date().toDateString();
  const own = rows.filter(
    (row) => row.kind === "check-in" && row.code === code && HEARD.has(row.state) && new Date(row.at).toDateString() === today,
  );
  const times = [];
  for (const at of own.map((row) => Date.parse(row.at)).sort((one, other) => one - other)) {
    if (!times.length || at - times.at(-1) >= APART_MS) times.push(at);
  }
  return { rows: own, times };
}

export function stateOf({ done, planned }) {
  if (done >= planned) return "seen";
  return done ? "partly" : "open";
}

export function drawStops(stops, here) {
  for (const stop of stops) {
    const { node } = stop;
    node.dataset.state = stateOf(stop);
    node.toggleAttribute("data-unsent", stop.isUnsent);
    write(node, "[data-stop-words]", `${WORDS[stateOf(stop)]}${stop.isUnsent ? " · 等待信号" : ""}`);
    write(node, "[data-stop-count]", `${stop.done}/${stop.planned}`);
    write(node, "[data-stop-far]", here ? lengthWords(metresTo(stop, here)) : "");
    document.querySelector(`[data-stop-mark="${CSS.escape(stop.code)}"]`)?.classList.toggle("stop-mark--seen", stateOf(stop) === "seen");
  }
}

/** Put what is left first, the nearest on top; only when the list is new: nothing jumps under a thumb. */
export function sortStops(stops, here) {
  const left = (stop) => (stateOf(stop) === "seen" ? 1 : 0);
  const sorted = stops.toSorted((one, other) => left(one) - left(other) || (here ? metresTo(one, here) - metresTo(other, here) : 0));
  for (const stop of sorted) stop.node.parentElement.append(stop.node);
}

export function drawCoverage(stops) {
  const box = document.querySelector("[data-coverage]");
  if (box === null) return;
  const seen = stops.reduce((sum, stop) => sum + stop.done, 0);
  const left = stops.filter((stop) => stateOf(stop) !== "seen").length;
  box.querySelector("[data-coverage-seen]").textContent = seen;
  box.querySelector("[data-coverage-bar]").value = seen;
  box.querySelector("[data-coverage-words]").textContent = left ? `还有 ${left} 个点没巡完` : "今天的点都巡到了";
}

function write(node, part, words) {
  const place = node.querySelector(part);
  if (place && place.textContent !== words) place.textContent = words;
}
