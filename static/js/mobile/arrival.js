// Tells how far the worker stands from the order's place; far off, or unknown, asks for a reason.

import { distance } from "./distance.js";

const FAR_M = 200; // beyond the accuracy; the server decides by the same

export function startArrival() {
  const box = document.querySelector("[data-arrival]");
  if (box === null) return;
  box.hidden = false;
  box.addEventListener("toggle", () => box.open && look(box), { once: true });
  if (box.open) look(box);
}

function look(box) {
  if (!navigator.geolocation) return fail(box);
  return navigator.geolocation.getCurrentPosition(
    ({ coords }) => take(box, coords),
    () => fail(box),
    { enableHighAccuracy: true, timeout: 20_000, maximumAge: 10_000 },
  );
}

function take(box, coords) {
  const form = box.querySelector("form");
  form.elements.lon.value = coords.longitude.toFixed(6);
  form.elements.lat.value = coords.latitude.toFixed(6);
  form.elements.accuracy.value = Math.round(coords.accuracy);
  const { lon, lat } = box.dataset;
  if (!lon) return say(box, `已定位，误差约 ${Math.round(coords.accuracy)} 米；工单没有坐标，不量距离。`, false);
  const metres = distance(coords, Number(lon), Number(lat));
  const isFar = metres - coords.accuracy > FAR_M;
  const far = metres < 1000 ? `${Math.round(metres)} 米` : `${(metres / 1000).toFixed(1)} 公里`;
  return say(box, `离工单位置约 ${far}（误差约 ${Math.round(coords.accuracy)} 米）`, isFar);
}

function fail(box) {
  say(box, "定不到位，请写明原因。", true);
}

function say(box, words, mustExplain) {
  box.querySelector("[data-arrival-words]").textContent = words;
  const why = box.querySelector("[data-arrival-why]");
  why.hidden = !mustExplain;
  why.querySelector("textarea").required = mustExplain;
}
