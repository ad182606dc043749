// The findings of a cross-check on the map: a dot each where the point is known, else a number on
// the area. A click opens the finding. Without WebGL a line of text stands in its place.
const worker = document.querySelector("[data-map-worker]").dataset.mapWorker;
const frame = document.querySelector("[data-findings-map]");

async function show() {
  const { AreaMap } = await import("../map/area-map.js");
  const element = document.createElement("div");
  element.className = "map";
  frame.replaceChildren(element);
  const map = new AreaMap({ element, worker, url: frame.dataset.areas });
  const [answer] = await Promise.all([
    fetch(frame.dataset.findings, { headers: { Accept: "application/json" } }),
    map.focus({ codes: [] }),
  ]);
  if (!answer.ok) throw new Error(`findings: ${answer.status}`);
  map.spots(await answer.json(), ({ id, area }) => {
    window.location.assign(id ? `${frame.dataset.page}${id}/` : `${frame.dataset.page}?area=${area}`);
  });
  frame.dataset.drawn = "";
}

if (frame) {
  show().catch(() => {
    frame.textContent = "地图不可用，不影响查看";
    frame.classList.add("findings__map--none");
  });
}
