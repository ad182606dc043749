// Watches the position on every page of the phone, on duty only, and while the page is seen: a
// locked screen or another app breaks the way, and nothing is made up for it.

import { distance } from "../mobile/distance.js";
import { onDuty, settle } from "./duty.js";
import { add, cutAll, cutRipe } from "./pieces.js";

const LEAST_MS = 5_000;
const STILL_MS = 30_000; // who stands still is still there
const MOVED_M = 8;
const EVERY_MS = 30_000;
const OPTIONS = { enableHighAccuracy: true, timeout: 30_000, maximumAge: 0 };
const LOST = { 1: "没有允许定位：在浏览器设置里允许；现在可扫点位牌打卡。" };
const UNSURE = "暂时定不到位：到开阔处，或扫点位牌打卡。";

let watching = null;
let duty = null;
let last = null; // the last fix that was kept

export async function startTracker() {
  await cutAll();
  await follow();
  window.addEventListener("yiwang:outbox", ({ detail }) => detail.kind !== "track" && follow());
  setInterval(beat, EVERY_MS);
  settle();
  window.addEventListener("online", settle);
  document.addEventListener("visibilitychange", () => !document.hidden && settle());
}

async function follow() {
  duty = (await onDuty()) ?? null;
  if (duty && watching === null) watch();
  if (!duty && watching !== null) stop();
}

function watch() {
  if (!navigator.geolocation) return tell("yiwang:lost", LOST[1]);
  watching = navigator.geolocation.watchPosition(take, fail, OPTIONS);
}

function stop() {
  navigator.geolocation.clearWatch(watching);
  watching = last = null;
}

function beat() {
  if (watching === null) return;
  if (!document.hidden && Date.now() - (last?.at ?? 0) >= STILL_MS) {
    navigator.geolocation.getCurrentPosition(take, fail, OPTIONS);
  }
  cutRipe();
}

function take({ coords }) {
  const here = { ...plain(coords), at: Date.now() };
  tell("yiwang:here", here);
  if (!duty || document.hidden || !isWorth(here)) return;
  last = here;
  add(duty.duty, [Math.round(here.at / 1000), here.longitude, here.latitude, here.accuracy]);
}

function plain({ longitude, latitude, accuracy }) {
  return {
    longitude: Number(longitude.toFixed(6)),
    latitude: Number(latitude.toFixed(6)),
    accuracy: Math.max(1, Math.round(accuracy)),
  };
}

function isWorth(here) {
  if (last === null) return true;
  const passed = here.at - last.at;
  if (passed < LEAST_MS) return false;
  return passed >= STILL_MS || distance(here, last.longitude, last.latitude) >= MOVED_M;
}

function fail(error) {
  tell("yiwang:lost", LOST[error.code] ?? UNSURE);
}

function tell(name, detail) {
  window.dispatchEvent(new CustomEvent(name, { detail }));
}
