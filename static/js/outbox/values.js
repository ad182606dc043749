// The fields of a form as plain values, and back; what the server gave each page is no part of it.

const SKIPPED = new Set(["csrfmiddlewaretoken", "record_uuid", "mode", "key", "started"]);

export function fields(form) {
  return [...form.elements].filter(
    (field) => field.name && field.type !== "file" && !SKIPPED.has(field.name) && field.type !== "submit",
  );
}

export function read(form) {
  const values = {};
  for (const field of fields(form)) {
    if (field.type === "radio" || field.type === "checkbox") {
      if (field.checked) values[field.name] = field.value;
    } else values[field.name] = field.value;
  }
  return values;
}

export function fill(form, values) {
  for (const field of fields(form)) {
    if (field.name === "version") continue;
    const value = values[field.name];
    if (field.type === "radio" || field.type === "checkbox") field.checked = value === field.value;
    else if (value !== undefined) field.value = value;
  }
}
