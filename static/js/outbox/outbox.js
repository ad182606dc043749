// Sends what waits: at load, when the line or the page comes back, and every minute. One bad record
// never holds up another; only acts on the same order keep their order.

import { deliver, reason } from "./deliver.js";
import { Later, Refused } from "./requests.js";
import { change, drop, records } from "./store.js";

const EVERY_MS = 60_000;
const SHOWN_MS = 24 * 3_600_000; // how long what was delivered is still listed
const LINE_FAILURES = 2;

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
  const held = new Set(); // orders whose earlier act still waits
  let failures = 0;
  for (let row = await pick(tried, held); row; row = await pick(tried, held)) {
    tried.add(row.uuid);
    const error = await attempt(row);
    if (!(error instanceof Later)) continue;
    if (row.number) held.add(row.number);
    failures += error.isLine;
    if (failures >= LINE_FAILURES || (error.isLine && !navigator.onLine)) return;
  }
}

async function pick(tried, held) {
  const rows = await records();
  return rows
    .filter((row) => row.state === "waiting" && !tried.has(row.uuid) && !held.has(row.number ?? ""))
    .sort((one, other) => one.queued - other.queued)[0];
}

// Under the lock nobody else sends: what is marked as being sent was cut off with its page.
async function takeUp() {
  for (const row of await records()) {
    if (row.state === "sending") await change(row.uuid, { state: "waiting" });
  }
}

async function attempt(record) {
  await change(record.uuid, { state: "sending" });
  try {
    await deliver(record);
    return null;
  } catch (error) {
    await change(record.uuid, outcome(error));
    return error;
  }
}

function outcome(error) {
  if (error instanceof Refused) {
    const { code, fields, version } = error;
    return { state: "refused", reason: plain(error), code, fields, fresh: version, part: null };
  }
  if (error instanceof Later) return { state: "waiting", reason: error.isLine ? "" : error.message };
  // A fault of ours, or of the phone's storage: kept, told, and tried again.
  return { state: "waiting", reason: `暂时发不出：${error?.message ?? error}` };
}

const PLAIN = {
  not_found: "工单已转走，或您的岗位已结束，不在您手上了。",
  forbidden: "工单已转走，或您的岗位已结束：",
  action_not_allowed: "工单状态已变：",
  stale_version: "离线期间工单有更新，请看过最新内容再发。",
};

function plain(error) {
  const words = PLAIN[error.code];
  if (words === undefined) return Object.keys(error.fields ?? {}).length ? `${error.message}${reason(error)}` : error.message;
  return words.endsWith("：") ? `${words}${error.message}` : words;
}

async function forget() {
  for (const row of await records()) {
    if (row.state === "delivered" && row.delivered < Date.now() - SHOWN_MS) await drop(row.uuid);
  }
}
