// Delivers one record. A finding goes first and its photos follow, each by itself; an act, and what
// was put right on the spot, goes when the photos that prove it are there.

import { FIELD } from "./field.js";
import { announce, announcement, upload } from "./photos.js";
import { reason } from "./refusals.js";
import { ask, Refused } from "./requests.js";
import { change, changeIfRoom, drop, dropPhotos, isFull, photosOf } from "./store.js";

export async function deliver(record) {
  if (record.kind === "track") return FIELD.track(record).then(() => drop(record.uuid));
  const photos = await photosOf(record.uuid);
  const number = await sender(record)(record, photos);
  // Only now: the server has confirmed the record and every photo.
  await dropPhotos(record.uuid);
  await conclude(record.uuid, { server: number, delivered: Date.now() });
  return number;
}

// A full storage takes not even this; then the record goes, for it must not be sent again.
async function conclude(uuid, facts) {
  try {
    await change(uuid, { ...facts, state: "delivered", part: null, values: {} });
  } catch (error) {
    if (!isFull(error)) throw error;
    await drop(uuid);
  }
}

function sender({ kind, values }) {
  if (kind in FIELD) return FIELD[kind];
  if (kind === "act") return act;
  return values.mode === "self_handle" ? closing : finding;
}

async function finding(record, photos) {
  const staged = photos.map((photo) => ({ ...photo, stage: "report" }));
  const receipt = await report(record, staged, false);
  await changeIfRoom(record.uuid, { server: receipt.number });
  const faults = [];
  for (const photo of staged) {
    const progress = receipt.photos.find((row) => row.uuid === photo.uuid);
    if (progress?.is_attached) continue;
    try {
      await upload(photo, progress ?? { offset: 0 }, record);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      faults.push(reason(error));
    }
  }
  if (faults.length) throw half(receipt.number, faults);
  return receipt.number;
}

function half(number, faults) {
  const detail = `工单已收到，编号 ${number}；但有 ${faults.length} 张照片没有被接受：${faults[0]}。`;
  return new Refused({ detail, code: "photo_refused" });
}

async function closing(record, photos) {
  const staged = photos.map((photo) => ({
    ...photo,
    stage: photo.field === "after" ? "after" : "before",
  }));
  await uploadAll(staged, record);
  return (await report(record, staged, true)).number;
}

async function act(record, photos) {
  await uploadAll(photos.map((photo) => ({ ...photo, stage: photo.field })), record);
  const { key: _key, version, ...values } = record.values;
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
  const seen = version && !record.isAhead ? { version: Number(version) } : {};
  const answer = await ask(`/api/v1/orders/${record.number}/${record.verb}/`, {
    json: {
      ...given,
      ...seen,
      ...(photos.length ? { photos: photos.map((photo) => photo.uuid) } : {}),
      device_at: record.at,
      sent_at: new Date().toISOString(),
    },
    headers: { "Idempotency-Key": record.uuid },
  });
  return answer.number;
}

async function uploadAll(photos, record) {
  for (const photo of photos) {
    const progress = await announce(photo);
    if (!progress.is_complete) await upload(photo, progress, record);
  }
}

async function report(record, photos, isSelfHandled) {
  const { lon, lat, text, category, address, grid, urgent, result } = record.values;
  return ask("/api/v1/findings/", {
    json: {
      record_uuid: record.uuid,
      occurred_at: record.at,
      sent_at: new Date().toISOString(),
      text: text ?? "",
      category: category ?? "",
      address: address ?? "",
      grid: grid ?? "",
      urgency: urgent ? "urgent" : "normal",
      ...(lon && lat ? { point: { lon: Number(lon), lat: Number(lat) } } : {}),
      photos: photos.map(announcement),
      ...(isSelfHandled ? { is_self_handled: true, result: result ?? "" } : {}),
    },
  });
}
