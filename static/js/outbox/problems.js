// Says in a form what is missing or wrong, at the field where there is one.

export function clear(form) {
  form.querySelector("[data-form-problem]").hidden = true;
  for (const place of form.querySelectorAll("[data-error-for]")) {
    place.hidden = true;
    place.textContent = "";
  }
  form.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
}

export function show(form, detail, fields = {}) {
  const marked = Object.entries(fields).filter(([name, words]) => mark(form, name.split(".")[0], words));
  const problem = form.querySelector("[data-form-problem]");
  problem.textContent = marked.length ? "没有提交：请看标出的地方。" : detail;
  problem.hidden = false;
  const first = form.querySelector("[data-error-for]:not([hidden])") ?? problem;
  first.closest("details")?.setAttribute("open", "");
  first.scrollIntoView({ block: "center" });
}

function mark(form, name, words) {
  const place = form.querySelector(`[data-error-for="${CSS.escape(name)}"]`);
  if (place === null) return false;
  place.textContent = [words].flat().join("；");
  place.hidden = false;
  form.elements.namedItem(name)?.setAttribute?.("aria-invalid", "true");
  return true;
}

/** List what must not be empty and is, by field: what is marked required, and what the act needs. */
export function missing(form, submitter, filled) {
  const fields = {};
  for (const field of form.querySelectorAll("[required]")) {
    if (!field.value.trim()) fields[field.name] = ["请填写"];
  }
  for (const name of names(submitter?.dataset.needs)) {
    if (!filled(name)) fields[name] = [PHOTOS[name] ?? "请填写"];
  }
  const either = names(form.dataset.needsOne);
  if (either.length && !either.some(filled)) fields[either.at(-1)] = [form.dataset.needsWords];
  return fields;
}

const PHOTOS = { photos: "请拍处置前照片", after: "请拍处置后照片" };

function names(list) {
  return (list ?? "").split(" ").filter(Boolean);
}
