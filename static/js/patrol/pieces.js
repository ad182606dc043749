// The way in pieces: the open one grows by each fix, a cut one waits to be sent. What is written
// is in the store at once: a page that is closed loses nothing.

import { trouble } from "../outbox/flash.js";
import { run } from "../outbox/outbox.js";
import { amend, change, isFull, keep, records } from "../outbox/store.js";

const CUT_MS = 60_000; // with a line; without one the piece goes on growing
const MOST = 600;
const FULL = "手机存储已满：轨迹暂时只在这一页上，有了空间自动补存，关掉页面就没有了。请清理手机空间。";

let piece = null; // this page's open one
let work = Promise.resolve();
let held = []; // [duty, fix] that found no room yet
let isTold = false;

/** Add a fix: [seconds by this phone, longitude, latitude, accuracy in metres]. */
export function add(duty, fix) {
  held.push([duty, fix]);
  work = work.then(keepHeld).catch(() => undefined);
  return work;
}

// With each fix those before it are tried again: what is sent meanwhile makes room.
async function keepHeld() {
  try {
    for (; held.length; held.shift()) await append(...held[0]);
  } catch (error) {
    if (!isFull(error)) throw error;
    tell(true);
    run();
    return;
  }
  tell(false);
}

function tell(isShort) {
  if (isTold !== isShort) trouble(isShort ? FULL : "");
  isTold = isShort;
}

async function append(duty, fix) {
  const grown = piece && (await amend(piece, (row) => grow(row, duty, fix)));
  if (!grown) await open(duty, fix);
  else if (isRipe(grown)) await cut(grown);
}

function grow(row, duty, fix) {
  if (row.state !== "open" || row.duty !== duty) return undefined;
  return { ...row, values: { fixes: [...row.values.fixes, fix] } };
}

async function open(duty, fix) {
  piece = crypto.randomUUID();
  const now = Date.now();
  await keep({ uuid: piece, kind: "track", label: "轨迹", duty, state: "open", created: now, values: { fixes: [fix] } });
}

function isRipe(row) {
  const { fixes } = row.values;
  return fixes.length >= MOST || (navigator.onLine && Date.now() - row.created >= CUT_MS);
}

// Where even this finds no room, the piece stays open and is cut later.
async function cut(row) {
  const now = Date.now();
  const isCut = change(row.uuid, { state: "waiting", at: new Date(now).toISOString(), touched: now, queued: now });
  await isCut.catch((error) => {
    if (!isFull(error)) throw error;
  });
}

/** Let every piece wait to be sent, also what a closed page has left. */
export function cutAll() {
  work = work.then(async () => {
    for (const row of await records()) if (row.state === "open") await cut(row);
  });
  return work;
}

/** Send what has grown for a minute, though no new fix has come. */
export async function cutRipe() {
  const ripe = (await records()).filter((row) => row.state === "open" && isRipe(row));
  for (const row of ripe) await cut(row);
  if (ripe.length) run();
}

/** List the fixes of a duty that the server has not confirmed, in the order of time. */
export function unsent(rows, duty) {
  const own = rows.filter((row) => row.kind === "track" && row.duty === duty);
  return own.flatMap((row) => row.values.fixes).sort((one, other) => one[0] - other[0]);
}
