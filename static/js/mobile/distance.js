// Writes how far each order is, where the phone has already been allowed to know its position.

const EARTH_M = 6_371_000;
let here = null;

export async function startDistance() {
  if (!navigator.geolocation || document.querySelector("[data-far]") === null) return;
  window.addEventListener("yiwang:swapped", write);
  try {
    const allowed = await navigator.permissions.query({ name: "geolocation" });
    if (allowed.state !== "granted") return; // a list is no reason to ask
  } catch {
    return;
  }
  navigator.geolocation.getCurrentPosition(
    (found) => {
      here = found.coords;
      write();
    },
    () => {},
    { maximumAge: 60_000, timeout: 20_000 },
  );
}

function write() {
  if (here === null) return;
  for (const card of document.querySelectorAll("[data-lon]")) {
    const metres = distance(here, Number(card.dataset.lon), Number(card.dataset.lat));
    card.querySelector("[data-far]").textContent =
      metres < 1000 ? `${Math.round(metres / 10) * 10} 米` : `${(metres / 1000).toFixed(1)} 公里`;
  }
}

export function distance({ longitude, latitude }, lon, lat) {
  const rad = Math.PI / 180;
  const x = (lon - longitude) * rad * Math.cos(((lat + latitude) / 2) * rad);
  const y = (lat - latitude) * rad;
  return Math.hypot(x, y) * EARTH_M;
}
