// Keeps what is typed into forms marked data-draft, on this device and for this user, until it was
// sent. The record's number is kept too: a report sent twice stays one report. An act's key is not:
// the same words may be a new act after a rework.

const SKIPPED = new Set(["csrfmiddlewaretoken", "version", "key", "mode", "started"]);
const PREFIX = "yiwang:draft:";
const KEPT_MS = 7 * 24 * 3_600_000;

export function startDrafts() {
  forgetOld();
  document.querySelectorAll("form[data-draft]").forEach(start);
}

function start(form) {
  const key = `${PREFIX}${form.dataset.user ?? ""}:${form.dataset.draft}`;
  const note = form.querySelector("[data-draft-note]");
  if (restore(form, key) && note) note.hidden = false;
  form.addEventListener("input", () => keep(form, key));
  form.addEventListener("change", () => keep(form, key));
  form.addEventListener("yiwang:sent", () => drop(key));
  form.querySelector("[data-draft-clear]")?.addEventListener("click", () => {
    drop(key);
    window.location.reload();
  });
}

function fields(form) {
  return [...form.elements].filter(
    (field) => field.name && field.type !== "file" && !SKIPPED.has(field.name) && field.type !== "submit",
  );
}

function keep(form, key) {
  const values = {};
  for (const field of fields(form)) {
    if (field.type === "radio" || field.type === "checkbox") {
      if (field.checked) values[field.name] = field.value;
    } else values[field.name] = field.value;
  }
  try {
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), values }));
  } catch {
    // Full or forbidden storage: the form itself still holds everything.
  }
}

function restore(form, key) {
  const values = read(key)?.values;
  if (!values) return false;
  for (const field of fields(form)) {
    const value = values[field.name];
    if (field.type === "radio" || field.type === "checkbox") {
      if (value !== undefined) field.checked = value === field.value;
    } else if (value && (field.type === "hidden" || !field.value)) field.value = value;
  }
  return true;
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function forgetOld() {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(PREFIX) && !(read(key)?.at > Date.now() - KEPT_MS)) drop(key);
    }
  } catch {
    // Forbidden storage holds nothing old.
  }
}

function drop(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was kept either.
  }
}
