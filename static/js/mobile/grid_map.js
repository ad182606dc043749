// Shows where the person stands on the drawing of their grid. Needs no network.

export function startGridMap() {
  const map = document.querySelector("[data-grid-map]");
  const button = document.querySelector("[data-grid-map-find]");
  if (map === null || !navigator.geolocation) return;
  button.hidden = false;
  button.addEventListener("click", () => find(map));
}

function find(map) {
  say("正在定位…");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => place(map, coords),
    () => say("定不到位：请到开阔处，或在手机设置里允许定位。"),
    { enableHighAccuracy: true, timeout: 20_000, maximumAge: 10_000 },
  );
}

function place(map, { longitude, latitude, accuracy }) {
  const { west, north, perLon, perLat } = map.dataset;
  const x = (longitude - west) * perLon;
  const y = (north - latitude) * perLat;
  const { width, height } = map.viewBox.baseVal;
  const isInside = x >= 0 && y >= 0 && x <= width && y <= height;
  const me = map.querySelector("[data-grid-map-me]");
  me.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
  me.setAttribute("visibility", isInside ? "visible" : "hidden");
  const where = isInside ? "您在图上的圆点处" : "您不在这张图的范围内";
  say(`${where}，误差约 ${Math.max(1, Math.round(accuracy))} 米。`);
}

function say(words) {
  document.querySelector("[data-grid-map-words]").textContent = words;
}
