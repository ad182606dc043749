// What the phone keeps until the server has it: records, and their photos as blobs. Every record
// belongs to one person; nobody else's page reads it.

import { openDB } from "../../vendor/idb/index.js";

export const person = document.body.dataset.person ?? "";
const opened = open();

function open() {
  return openDB("yiwang-outbox", 1, {
    upgrade(db) {
      db.createObjectStore("records", { keyPath: "uuid" }).createIndex("person", "person");
      db.createObjectStore("photos", { keyPath: "uuid" }).createIndex("record", "record");
    },
    terminated: () => window.location.reload(),
  });
}

export async function records() {
  const db = await opened;
  const found = await db.getAllFromIndex("records", "person", person);
  return found.sort((one, other) => one.created - other.created);
}

export async function record(uuid) {
  const found = await (await opened).get("records", uuid);
  return found?.person === person ? found : undefined;
}

export async function draftOf(form) {
  return (await records()).findLast((row) => row.form === form && row.state === "draft");
}

export async function photosOf(uuid) {
  const found = await (await opened).getAllFromIndex("photos", "record", uuid);
  return found.sort((one, other) => one.created - other.created);
}

export async function keep(row) {
  await (await opened).put("records", { ...row, person });
  changed(row);
}

// Revise a record in one transaction, so that two tabs never undo each other.
export async function amend(uuid, revise) {
  const tx = (await opened).transaction("records", "readwrite");
  const row = await tx.store.get(uuid);
  const revised = row && revise(row);
  if (revised) await tx.store.put(revised);
  await tx.done;
  if (revised) changed(revised);
  return revised;
}

export async function change(uuid, facts) {
  return amend(uuid, (row) => ({ ...row, ...facts }));
}

/** Tell whether the phone's storage had no room left. */
export function isFull(error) {
  return [error?.name, error?.inner?.name].includes("QuotaExceededError");
}

// Where the storage is full, a state that only tells of the way is shown and not kept: what waits
// is sent all the same.
export async function changeIfRoom(uuid, facts) {
  try {
    return await change(uuid, facts);
  } catch (error) {
    if (!isFull(error)) throw error;
    changed({ uuid, ...facts });
    return undefined;
  }
}

// Put a record that needs no form straight among those that wait.
export async function queue(facts) {
  const now = Date.now();
  const uuid = facts.uuid ?? crypto.randomUUID();
  const times = { created: now, touched: now, queued: now, at: new Date(now).toISOString() };
  const row = { uuid, state: "waiting", values: {}, ...times, ...facts };
  await keep(row);
  return row;
}

export async function keepPhoto(photo) {
  await (await opened).put("photos", photo);
}

export async function dropPhoto(uuid) {
  await (await opened).delete("photos", uuid);
}

export async function dropPhotos(record) {
  const tx = (await opened).transaction("photos", "readwrite");
  for (const key of await tx.store.index("record").getAllKeys(record)) await tx.store.delete(key);
  await tx.done;
}

export async function drop(uuid) {
  await dropPhotos(uuid);
  await (await opened).delete("records", uuid);
  changed({ uuid, state: "gone" });
}

// Other tabs hear it as well.
const channel = "BroadcastChannel" in window ? new BroadcastChannel("yiwang-outbox") : null;
channel?.addEventListener("message", ({ data }) => tell(data));

function changed({ uuid, state, kind }) {
  tell({ uuid, state, kind });
  channel?.postMessage({ uuid, state, kind });
}

function tell(detail) {
  window.dispatchEvent(new CustomEvent("yiwang:outbox", { detail }));
}
