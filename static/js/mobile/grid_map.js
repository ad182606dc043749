// Shows where the person stands on the drawing of their grid. Needs no network.

export function startGridMap() {
  const map = document.querySelector("[data-grid-map]");
  const button = document.querySelector("[data-grid-map-find]");
  if (map === null || button === null || !navigator.geolocation) return;
  button.hidden = false;
  button.addEventListener("click", () => find(map));
}

function find(map) {
  say("正在定位…");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => show(map, coords),
    () => say("定不到位：请到开阔处，或在手机设置里允许定位。"),
    { enableHighAccuracy: true, timeout: 20_000, maximumAge: 10_000 },
  );
}

function show(map, coords) {
  const where = place(map, coords) ? "您在图上的圆点处" : "您不在这张图的范围内";
  say(`${where}，误差约 ${Math.max(1, Math.round(coords.accuracy))} 米。`);
}

/** Put the mark where one stands; tells whether that is on the drawing. */
export function place(map, { longitude, latitude }) {
  const { west, north, perLon, perLat } = map.dataset;
  const x = (longitude - west) * perLon;
  const y = (north - latitude) * perLat;
  const { width, height } = map.viewBox.baseVal;
  const isInside = x >= 0 && y >= 0 && x <= width && y <= height;
  const me = map.querySelector("[data-grid-map-me]");
  me.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
  me.setAttribute("visibility", isInside ? "visible" : "hidden");
  return isInside;
}

function say(words) {
  document.querySelector("[data-grid-map-words]").textContent = words;
}
