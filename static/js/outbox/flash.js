// A word that outlives the change of page, such as that a record is on its way.

const KEY = "yiwang:flash";

export function flash(words) {
  sessionStorage.setItem(KEY, words);
}

export function startFlash() {
  const words = sessionStorage.getItem(KEY);
  if (words === null) return;
  sessionStorage.removeItem(KEY);
  say(words);
}

export function say(words) {
  const place = document.querySelector("[data-flash]");
  place.textContent = words;
  place.hidden = false;
}

export function trouble(words) {
  const place = document.querySelector("[data-outbox-trouble]");
  place.textContent = words;
  place.hidden = !words;
  if (words) place.scrollIntoView({ block: "center" });
}
