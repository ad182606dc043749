// Writes how duty stands at the top of the patrol page, and what can be done at its bottom.

import { isAt, isFresh, lengthWords, metresTo } from "./check_in.js";
import { stateOf } from "./stops.js";

const FINDING = "正在定位…";

export function drawSheet(rows, { duty, here, lost }, way) {
  const page = document.querySelector("[data-patrol]");
  const isOn = duty !== null;
  if (page.dataset.duty !== (isOn ? "on" : "off")) {
    page.dataset.duty = isOn ? "on" : "off";
    window.dispatchEvent(new Event("yiwang:duty"));
  }
  show("[data-duty-on]", isOn);
  show("[data-duty-off]", !isOn);
  show("[data-duty-end]", isOn);
  show("[data-duty-awake]", isOn && "wakeLock" in navigator);
  page.querySelector("[data-duty-words]").textContent = isOn ? dutyWords(duty) : "未上岗";
  page.querySelector("[data-duty-here]").textContent = here ? hereWords(here, way) : lost || FINDING;
  problem(rows, isOn);
  elsewhere(rows, isOn);
  outdated();
}

function dutyWords(duty) {
  const since = new Date(duty.began ?? duty.at).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });
  const known = duty.state === "delivered" ? "" : " · 等待信号登记";
  return `在岗 ${since} 起${known}`;
}

function hereWords({ accuracy }, way) {
  const waiting = way.length ? `，${way.length} 个轨迹点待发` : "，轨迹已全部发出";
  return `误差约 ${accuracy} 米${waiting}`;
}

// The newest beginning was refused, such as after the end of a post.
function problem(rows, isOn) {
  const place = document.querySelector("[data-duty-problem]");
  const last = rows.findLast((row) => row.kind === "begin");
  place.hidden = isOn || last?.state !== "refused";
  place.textContent = place.hidden ? "" : last.reason;
}

// A kept page may still tell of a duty that has ended on this very phone.
function elsewhere(rows, isOn) {
  const hint = document.querySelector("[data-duty-elsewhere]");
  if (hint === null) return;
  hint.hidden = isOn || rows.some((row) => row.kind === "end" && row.duty === hint.dataset.id);
}

function outdated() {
  const notice = document.querySelector("[data-patrol-old]");
  const today = new Date().toLocaleDateString("sv-SE"); // as ISO writes it
  notice.hidden = notice.dataset.day === today;
}

/** Offer the nearest point that is left, and return it where one stands at it. */
export function drawNear(stops, { duty, here }) {
  const words = document.querySelector("[data-near]");
  if (words === null) return null;
  const circle = Number(document.querySelector("[data-patrol]").dataset.circle);
  const left = duty && here ? stops.filter((stop) => stateOf(stop) !== "seen" && !stop.isJustNow) : [];
  const [nearest] = left.toSorted((one, other) => metresTo(one, here) - metresTo(other, here));
  const near = nearest && isFresh(here) && isAt(nearest, here, circle) ? nearest : null;
  const button = document.querySelector("[data-near-check]");
  button.hidden = near === null;
  button.querySelector("[data-near-words]").textContent = near ? `打卡 ${near.name}` : "";
  words.hidden = !nearest || near !== null;
  words.textContent = nearest ? farWords(nearest, here, circle) : "";
  return near;
}

function farWords(stop, here, circle) {
  const far = `最近 ${stop.name} ${lengthWords(metresTo(stop, here))}`;
  return here.accuracy > 50 ? `${far}，误差 ${here.accuracy} 米太大，请扫牌` : `${far}，${circle} 米内可打卡`;
}

function show(hook, isShown) {
  for (const part of document.querySelectorAll(hook)) part.hidden = !isShown;
}
