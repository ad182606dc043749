// The map of the open order. One map lives as long as the page and moves from pane to pane, because
// a browser gives only a few WebGL contexts; without any, a line of text stands in its place.
const worker = document.querySelector("[data-map-worker]").dataset.mapWorker;
let making = null;

function host() {
  const element = document.createElement("div");
  element.className = "map";
  return element;
}

async function make(url) {
  const { AreaMap } = await import("../map/area-map.js");
  const element = host();
  document.querySelector("[data-order-map]").replaceChildren(element);
  return new AreaMap({ element, worker, url });
}

async function show() {
  const frame = document.querySelector("[data-order-map]");
  if (!frame) return;
  try {
    making ||= make(frame.dataset.areas);
    const map = await making;
    if (!frame.isConnected) return;
    frame.replaceChildren(map.element);
    const { lon, lat, grid, community, street } = frame.dataset;
    await map.focus({ lon: Number(lon), lat: Number(lat), hasPoint: Boolean(lon), codes: [grid, community, street] });
  } catch {
    frame.textContent = "地图不可用，不影响办理";
    frame.classList.add("order__map--none");
  }
}

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id === "order-pane") show();
});
show();
