// A small map to mark the place on. It is fetched when somebody asks for it, and never needed.
const SAID = "已在地图上标出，再点可以移动";

export function startPlace() {
  const button = document.querySelector("[data-place-open]");
  const frame = document.querySelector("[data-place-map]");
  if (button === null) return;
  // Shown where the browser cannot tell the position, too.
  button.parentElement.hidden = false;
  document.querySelector("[data-position-start]").hidden = !navigator.geolocation;
  button.hidden = false;
  button.addEventListener("click", () => toggle(button, frame));
}

function toggle(button, frame) {
  frame.hidden = !frame.hidden;
  button.setAttribute("aria-expanded", String(!frame.hidden));
  if (!frame.hidden && !frame.firstChild) open(frame);
}

function look(href) {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  return new Promise((resolve, reject) => {
    link.addEventListener("load", resolve);
    link.addEventListener("error", reject);
    document.head.append(link);
  });
}

async function open(frame) {
  const box = frame.closest("[data-position]");
  const { areas: url, worker, look: href } = frame.dataset;
  frame.textContent = "正在打开地图…";
  try {
    const [{ AreaMap }] = await Promise.all([import("../map/area-map.js"), look(href)]);
    const element = Object.assign(document.createElement("div"), { className: "place__map" });
    frame.replaceChildren(element);
    const map = new AreaMap({ element, worker, url, levels: ["street"] });
    map.onClick(({ lon, lat }) => box.dispatchEvent(new CustomEvent("position:set", { detail: { lon, lat, said: SAID } })));
    const [lon, lat] = ["lon", "lat"].map((name) => box.querySelector(`input[name=${name}]`));
    const place = () => ({ lon: Number(lon.value), lat: Number(lat.value), hasPoint: lon.value !== "", codes: [] });
    // The browser's own position and a tap both end in the form's fields.
    box.addEventListener("change", ({ target }) => target === lon && map.mark(place()));
    await map.focus(place());
    frame.dataset.placeReady = "";
  } catch {
    frame.textContent = "地图打不开，写地址即可。";
  }
}
