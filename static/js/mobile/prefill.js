// Takes what another page says of a finding: `#at=lon,lat&address=words&text=words`. Nothing is a
// draft before something is typed.

export function prefill() {
  const form = document.querySelector("form[data-outbox=report]");
  const given = new URLSearchParams(window.location.hash.slice(1));
  if (form === null || !(given.has("at") || given.has("text"))) return;
  const [lon, lat] = (given.get("at") ?? "").split(",").map(Number);
  if (Number.isFinite(lon) && Number.isFinite(lat)) place(form, lon, lat, given.get("address") ?? "");
  form.elements.text.value = given.get("text") ?? "";
}

function place(form, lon, lat, address) {
  form.elements.lon.value = lon;
  form.elements.lat.value = lat;
  form.elements.address.value = address;
  form.querySelector("[data-position]").dataset.positionFrom = `用的是「${address || "巡查点"}」的位置。不在那里就重新定位。`;
}
