// The map beside a call: shows where the order would lie, and takes a click for an answer.
const worker = document.querySelector("[data-map-worker]").dataset.mapWorker;
const frame = document.querySelector("[data-call-map]");
let making = null;
let shown = "";

async function make(told) {
  const { AreaMap } = await import("../map/area-map.js");
  const element = document.createElement("div");
  element.className = "map";
  frame.replaceChildren(element);
  const map = new AreaMap({ element, worker, url: frame.dataset.areas });
  map.onClick(told);
  return map;
}

// Where no map can be drawn the address is enough.
function giveUp() {
  frame.textContent = "地图不可用，写地址即可";
  frame.classList.add("call__map--none");
}

export function startMap(told) {
  making = make(told);
  making.then((map) => map.focus({ codes: [] })).catch(giveUp);
}

// `isClicked` leaves the view where the click was made.
export async function showPlace({ lon, lat, codes }, { isClicked = false } = {}) {
  const place = { lon: Number(lon), lat: Number(lat), hasPoint: Boolean(lon), codes };
  const key = JSON.stringify(place);
  if (key === shown) return;
  shown = key;
  try {
    const map = await making;
    await (isClicked ? map.mark(place) : map.focus(place));
  } catch {
    giveUp();
  }
}
