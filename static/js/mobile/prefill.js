// Takes what another page says of a form: `#at=lon,lat&address=words&text=words` of a finding,
// `#element=1` of a visit. Nothing is a draft before something is typed.

export function prefill() {
  const given = new URLSearchParams(window.location.hash.slice(1));
  const [report, visit] = ["report", "visit"].map((name) => document.querySelector(`form[data-outbox=${name}]`));
  if (visit && given.has("element")) visit.elements.element.value = given.get("element");
  if (report && (given.has("at") || given.has("text"))) fill(report, given);
}

function fill(form, given) {
  const [lon, lat] = (given.get("at") || "none").split(",").map(Number);
  const address = given.get("address") ?? "";
  form.elements.address.value = address;
  form.elements.text.value = given.get("text") ?? "";
  if (!Number.isFinite(lon) || !Number.isFinite(lat)) return;
  form.elements.lon.value = lon;
  form.elements.lat.value = lat;
  form.querySelector("[data-position]").dataset.positionFrom = `用的是「${address || "巡查点"}」的位置。不在那里就重新定位。`;
}

/** Name the page that makes an order of what a visit found. */
export function reportOf(form) {
  const { at = "", address = "" } = form.elements.element.selectedOptions[0].dataset;
  const given = new URLSearchParams({ ...(at ? { at } : {}), address, text: form.elements.findings.value });
  return `/m/report/#${given}`;
}
