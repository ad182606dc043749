// One check-in: judged on the phone as the server will, kept, sent, and told in one sentence.

import { distance } from "../mobile/distance.js";
import { say, trouble } from "../outbox/flash.js";
import { run } from "../outbox/outbox.js";
import { drop, queue, record } from "../outbox/store.js";

const PATIENCE_MS = 4_000; // then the outbox goes on by itself
const PROOF_M = 50; // a fix less certain proves nothing
const FRESH_MS = 20_000;

export function metresTo(stop, here) {
  return distance(here, stop.lon, stop.lat);
}

export function isAt(stop, here, circle) {
  return here.accuracy <= PROOF_M && metresTo(stop, here) <= circle + here.accuracy;
}

export function isFresh(here) {
  return here !== null && Date.now() - here.at <= FRESH_MS;
}

export function lengthWords(metres) {
  return metres < 1000 ? `${Math.round(metres)} 米` : `${(metres / 1000).toFixed(1)} 公里`;
}

export async function checkIn({ duty, code, name, way, here }) {
  const place = isFresh(here) ? { lon: here.longitude, lat: here.latitude, accuracy: here.accuracy } : {};
  const { uuid } = await queue({
    kind: "check-in", duty: duty.duty, label: "打卡", title: name ?? code, values: { code, way, ...place }, code,
  });
  navigator.vibrate?.(60);
  trouble("");
  await Promise.race([run(), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
  const row = await record(uuid);
  if (row?.state !== "refused") return say(`已打卡：${name ?? code}${row?.state === "delivered" ? "" : "，有信号自动发出"}`);
  await drop(uuid); // told on the spot: nothing of it is to be kept
  return trouble(`没有打上卡：${row.reason}`);
}
