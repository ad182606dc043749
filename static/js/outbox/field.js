// Delivers visits and what belongs to a duty: its beginning and end, check-ins, the way. Each
// carries its own number, so that a second time changes nothing, and the times by this phone.

import { ask } from "./requests.js";
import { change, record as kept, records } from "./store.js";

export const FIELD = { begin, end, "check-in": checkIn, track, visit };

function times(record) {
  return { device_at: record.at, sent_at: new Date().toISOString() };
}

// A record may have been made while the answer was on its way that another phone's duty runs.
async function dutyOf(record) {
  return (await kept(record.duty))?.duty ?? record.duty;
}

async function begin(record) {
  const { area } = record.values;
  const duty = await ask("/api/v1/duties/", {
    json: { id: record.uuid, ...(area ? { area } : {}), ...times(record) },
  });
  // Another phone of the same person was first: everything goes to the duty that runs.
  for (const row of await records()) {
    if (row.duty === record.duty && row.duty !== duty.id) await change(row.uuid, { duty: duty.id });
  }
  await change(record.uuid, { began: duty.started_at, title: duty.area_name });
}

async function end(record) {
  await ask(`/api/v1/duties/${await dutyOf(record)}/end/`, { json: times(record) });
}

async function checkIn(record) {
  await ask(`/api/v1/duties/${await dutyOf(record)}/check-ins/`, {
    json: { id: record.uuid, ...record.values, ...times(record) },
  });
}

async function visit(record) {
  const { element, purpose, outcome, findings } = record.values;
  await ask(`/api/v1/elements/${element}/visits/`, {
    json: { id: record.uuid, purpose, outcome, findings, ...times(record) },
  });
}

async function track(record) {
  await ask(`/api/v1/duties/${await dutyOf(record)}/track/`, {
    json: { id: record.uuid, fixes: record.values.fixes, sent_at: new Date().toISOString() },
  });
}
