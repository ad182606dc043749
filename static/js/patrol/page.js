// The patrol page: duty, the nearest point under the thumb, what is left of the day.

import { trouble } from "../outbox/flash.js";
import { records } from "../outbox/store.js";
import { gathered } from "../outbox/view.js";
import { faultWords } from "../outbox/words.js";
import { startAwake } from "./awake.js";
import { checkIn } from "./check_in.js";
import { begin, end, isRunning } from "./duty.js";
import { unsent } from "./pieces.js";
import { startScan } from "./scan.js";
import { drawNear, drawSheet } from "./sheet.js";
import { drawCoverage, drawStops, readStops, sortStops } from "./stops.js";
import { drawHere, drawWay } from "./way.js";

const SURE_MS = 4_000;
const now = { duty: null, here: null, lost: "", near: null };
let isSorted = false;
let isMapOpen = false;

export function startPatrol() {
  if (one("[data-patrol]") === null) return;
  const soon = gathered(draw);
  listen("yiwang:outbox", (change) => heard(change, soon));
  listen("yiwang:here", (here) => soon(Object.assign(now, { here, lost: "" })));
  listen("yiwang:lost", (lost) => soon(Object.assign(now, { lost })));
  listen("yiwang:swapped", renew);
  one("[data-duty-begin]")?.addEventListener("click", start);
  one("[data-duty-end]").addEventListener("click", ({ currentTarget }) => stop(currentTarget));
  one("[data-near-check]")?.addEventListener("click", () => come(now.near, "place"));
  startScan((code, way) => come(stopOf(code), way));
  startAwake();
  watchMap();
  draw();
}

function one(hook) {
  return document.querySelector(hook);
}

function listen(name, act) {
  window.addEventListener(name, ({ detail }) => act(detail));
}

// What the server has taken shows best in its own words.
function heard({ state }, soon) {
  if (state === "gone" || state === "delivered") window.dispatchEvent(new Event("yiwang:resync"));
  soon();
}

function watchMap() {
  const map = one("[data-patrol-map]");
  if (map === null) return;
  map.open = isMapOpen;
  map.addEventListener("toggle", () => (isMapOpen = map.open));
}

function renew() {
  isSorted = false;
  watchMap();
  draw();
}

function start() {
  const grid = one("[data-duty-grid]");
  begin(grid.value, grid.selectedOptions?.[0].textContent ?? "").catch(told);
}

// A full phone keeps nothing of it: whoever tapped must know.
function told(error) {
  trouble(faultWords(error));
}

// Ending by a slip of the thumb would break the way: it takes a second tap.
function stop(button) {
  if (button.dataset.sure) {
    if (now.duty) end(now.duty).catch(told);
    return calm(button);
  }
  button.dataset.sure = "1";
  button.textContent = "确定下岗";
  return setTimeout(calm, SURE_MS, button);
}

function calm(button) {
  delete button.dataset.sure;
  button.textContent = "下岗";
}

function come(stop, way) {
  if (!now.duty || !stop) return;
  checkIn({ duty: now.duty, code: stop.code, name: stop.name, way, here: now.here }).catch(told);
}

// A typed code is meant whatever its case; one that is not on today's list is for the server to judge.
function stopOf(code) {
  const same = ({ dataset }) => dataset.stop.toUpperCase() === code.toUpperCase();
  const found = [...document.querySelectorAll("[data-stop]")].find(same);
  return found ? { code: found.dataset.stop, name: found.dataset.name } : { code };
}

async function draw() {
  const rows = await records();
  now.duty = rows.findLast(isRunning) ?? null;
  if (!now.duty) now.here = null;
  const stops = readStops(rows);
  drawStops(stops, now.here);
  drawCoverage(stops);
  if (!isSorted) sortStops(stops, now.here);
  isSorted = isSorted || now.here !== null;
  const way = now.duty ? unsent(rows, now.duty.duty) : [];
  drawSheet(rows, now, way);
  now.near = drawNear(stops, now);
  drawWay(way);
  drawHere(now.here);
}
