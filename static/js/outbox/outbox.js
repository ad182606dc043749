// Sends what waits: at load, when the line or the page comes back, and every minute. One bad record
// never holds up another; only acts on the same order keep theirs, and a duty begins before the rest.

import { deliver } from "./deliver.js";
import { plain } from "./refusals.js";
import { Later, Refused } from "./requests.js";
import { changeIfRoom, drop, records } from "./store.js";

const EVERY_MS = 60_000;
const SHOWN_MS = 24 * 3_600_000; // how long what was delivered is still listed
const LINE_FAILURES = 2;
// A full storage may keep what was cut off marked as being sent; under the lock it waits as well.
const UNSENT = new Set(["waiting", "sending"]);

export function startOutbox() {
  run();
  forget();
  window.addEventListener("online", run);
  window.addEventListener("yiwang:live", ({ detail }) => detail.state === "open" && run());
  document.addEventListener("visibilitychange", () => !document.hidden && run());
  setInterval(run, EVERY_MS);
}

let running = Promise.resolve();
let next = null;

/** Look for what waits, after the look that is under way; ends when that is done. */
export function run() {
  next ??= running.then(() => {
    next = null;
    running = alone().catch(() => undefined); // such as a store that is closing
    return running;
  });
  return next;
}

// Only one tab sends at a time; the others leave it to that one.
async function alone() {
  if (!navigator.locks) return pass();
  return navigator.locks.request("yiwang-outbox", { ifAvailable: true }, (lock) =>
    lock ? pass() : undefined,
  );
}

async function pass() {
  await takeUp();
  const tried = new Set();
  const held = new Set(); // orders and duties that wait for something earlier
  let failures = 0;
  for (let row = await pick(tried, held); row; row = await pick(tried, held)) {
    tried.add(row.uuid);
    const error = await attempt(row);
    if (!(error instanceof Later)) continue;
    if (row.number || row.kind === "begin") held.add(laneOf(row));
    failures += error.isLine;
    if (failures >= LINE_FAILURES || (error.isLine && !navigator.onLine)) return;
  }
}

async function pick(tried, held) {
  const rows = await records();
  return rows
    .filter((row) => UNSENT.has(row.state) && !tried.has(row.uuid) && !held.has(laneOf(row)))
    .sort((one, other) => one.queued - other.queued)[0];
}

function laneOf(row) {
  return row.number ?? row.duty ?? "";
}

// Under the lock nobody else sends: what is marked as being sent was cut off with its page.
async function takeUp() {
  for (const row of await records()) {
    if (row.state === "sending") await changeIfRoom(row.uuid, { state: "waiting" });
  }
}

async function attempt(record) {
  await changeIfRoom(record.uuid, { state: "sending" });
  try {
    await deliver(record);
    return null;
  } catch (error) {
    await changeIfRoom(record.uuid, outcome(error, record));
    return error;
  }
}

function outcome(error, record) {
  if (error instanceof Refused) {
    const { code, fields, version } = error;
    return { state: "refused", reason: plain(error, record), code, fields, fresh: version, part: null };
  }
  if (error instanceof Later) return { state: "waiting", reason: error.isLine ? "" : error.message };
  // A fault of ours, or of the phone's storage: kept, told, and tried again.
  return { state: "waiting", reason: `暂时发不出：${error?.message ?? error}` };
}

async function forget() {
  for (const row of await records()) {
    if (row.state === "delivered" && !row.isOpen && row.delivered < Date.now() - SHOWN_MS) await drop(row.uuid);
  }
}
