// The page of the map: filters and layers, the list beside it, and what is new as it happens. Where
// no map can be drawn the list does all the work.
import "./clock.js";
import "./contact.js";

const page = document.querySelector("[data-map-page]");
const worker = document.querySelector("[data-map-worker]").dataset.mapWorker;
const place = document.querySelector("[data-map-place]");
const notice = document.querySelector("[data-map-notice]");
const list = document.querySelector("[data-map-list]");
const form = document.querySelector("[data-map-filters]");
const GATHER_MS = 800;
const POSITIONS_MS = 15_000;
const MINUTE_MS = 60_000;
let parts = null; // the map, the people on it and the card, once it is there
let gathering = 0;

const query = () => list.querySelector("[data-map-query]").dataset.mapQuery;
const seen = () => document.visibilityState === "visible";

async function readList(asked) {
  const answer = await fetch(`${page.dataset.list}?${asked}`, { headers: { "HX-Request": "true" } });
  if (!answer.ok || answer.redirected) throw new Error(`${answer.status}`);
  window.dispatchEvent(new CustomEvent("console:contact"));
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text();
  const focused = document.activeElement.closest?.("[data-order]")?.dataset.order;
  list.replaceChildren(holder.content);
  if (focused) list.querySelector(`[data-order="${CSS.escape(focused)}"] a`)?.focus();
}

async function refresh() {
  gathering = 0;
  parts?.map.refresh();
  try {
    await readList(query());
  } catch {
    // The chip and the stale stamp tell that there is no connection.
  }
}

const refreshSoon = () => {
  gathering ||= setTimeout(refresh, GATHER_MS);
};

async function narrow() {
  const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  try {
    await readList(asked);
    parts?.map.narrow(query());
    history.replaceState(history.state, "", `${window.location.pathname}?${query()}${window.location.hash}`);
  } catch {
    form.submit();
  }
}

function startLayers(map) {
  const layers = document.querySelector("[data-map-layers]");
  layers.hidden = false;
  document.querySelector("[data-map-legend]").hidden = false;
  layers.addEventListener("change", ({ target }) => map.toggle(target.value, target.checked));
}

// A row of the list is shown on the map; its number leads on to the console.
function startRows({ map, chosen }) {
  list.addEventListener("click", (event) => {
    const row = event.target.closest("[data-order]");
    if (!row?.dataset.lon || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    map.goTo({ lon: Number(row.dataset.lon), lat: Number(row.dataset.lat) });
    chosen.orders([row.dataset.order]);
  });
}

async function start() {
  const { TileMap } = await import("../map/tile-map.js");
  const { Workers } = await import("./map-workers.js");
  const { Chosen } = await import("./map-chosen.js");
  const [west, south, east, north] = page.dataset.bounds.split(",").map(Number);
  const map = new TileMap({ element: place, worker, bounds: [west, south, east, north], query: query() });
  await map.ready();
  const workers = new Workers(map, page.dataset.positions);
  const chosen = new Chosen(map, workers);
  parts = { map, workers, chosen };
  map.onChoice({ worker: ({ username }) => chosen.worker(username), orders: (numbers) => chosen.orders(numbers) });
  startLayers(map);
  startRows(parts);
  notice.hidden = true;
  page.dataset.mapReady = "";
  const people = () => workers.refresh().catch(() => {});
  people();
  setInterval(() => seen() && people(), POSITIONS_MS);
}

function giveUp() {
  place.replaceChildren();
  page.classList.add("mappage--plain");
  notice.textContent = "地图不可用，清单照常使用：点工单到工单台办理。";
}

form.addEventListener("change", narrow);
form.querySelector("[data-map-apply]").hidden = true;
window.addEventListener("yiwang:order", refreshSoon);
window.addEventListener("yiwang:resync", refreshSoon);
setInterval(() => seen() && refresh(), MINUTE_MS);
if (page.dataset.bounds) start().catch(giveUp);
else giveUp();
