// New urgent orders, and those whose lamp turned red, until somebody says that they were seen:
// a line over the page, a mark in the title, a tone, and a notification where it was allowed.
import { base, loadOrder, toast } from "./page.js";

const PENDING = "console.attention"; // numbers alone: nothing personal is left in the browser
const MUTED = "console.muted";
const EVERY_MS = 20_000;
const NOTES = [784, 988];
let pending = read(PENDING, []);
let fresh = 0;
let audio = null;

function read(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

function write(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing begins anew at the next start.
  }
}

export function titleWith(count) {
  fresh = count;
  const mark = pending.length ? `🔴${pending.length} ` : "";
  document.title = `${mark}${fresh ? `（${fresh}）` : ""}工单台 · 一网`;
}

function link(number) {
  const each = document.createElement("a");
  each.href = `${base}?order=${encodeURIComponent(number)}`;
  each.textContent = number;
  each.addEventListener("click", (event) => {
    event.preventDefault();
    loadOrder(number);
  });
  return each;
}

function show() {
  const line = document.querySelector("[data-attention]");
  line.hidden = pending.length === 0;
  line.querySelector("[data-attention-words]").textContent = `${pending.length} 张紧急或红灯工单，请尽快处理`;
  line.querySelector("[data-attention-orders]").replaceChildren(...pending.slice(-4).map(link));
  const ask = line.querySelector("[data-attention-notify]");
  ask.hidden = !("Notification" in window) || Notification.permission !== "default";
  titleWith(fresh);
}

function ring() {
  if (pending.length === 0 || read(MUTED, false)) return;
  audio ??= new AudioContext();
  NOTES.forEach((pitch, place) => {
    const [source, volume] = [audio.createOscillator(), audio.createGain()];
    const at = audio.currentTime + place * 0.22;
    source.frequency.value = pitch;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.2, at + 0.02);
    volume.gain.linearRampToValueAtTime(0, at + 0.18);
    source.connect(volume).connect(audio.destination);
    source.start(at);
    source.stop(at + 0.18);
  });
}

function notify(number) {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  const note = new Notification("紧急或红灯工单", { body: number, tag: number });
  note.addEventListener("click", () => {
    window.focus();
    loadOrder(number);
  });
}

// A row that was read after something happened: is it what nobody may miss?
export function notice(row, action) {
  const isUrgent = action === "register" && "urgent" in row.dataset;
  const isRed = action === "escalate" && "red" in row.dataset;
  const number = row.dataset.order;
  if ((!isUrgent && !isRed) || pending.includes(number)) return;
  pending.push(number);
  write(PENDING, pending);
  show();
  ring();
  notify(number);
}

function showSound() {
  const isMuted = read(MUTED, false);
  const button = document.querySelector("[data-sound]");
  button.setAttribute("aria-pressed", String(!isMuted));
  button.querySelector("[data-sound-on]").hidden = isMuted;
  button.querySelector("[data-sound-off]").hidden = !isMuted;
}

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-attention-seen]")) {
    pending = [];
    write(PENDING, pending);
    show();
  } else if (target.closest("[data-attention-notify]")) Notification.requestPermission().then(show);
  else if (target.closest("[data-sound]")) {
    write(MUTED, !read(MUTED, false));
    showSound();
    toast(read(MUTED, false) ? "提示音已关，紧急工单只在页面上提醒。" : "提示音已开。");
  }
});
// Browsers keep a page silent until somebody has touched it.
for (const name of ["pointerdown", "keydown"]) {
  document.addEventListener(name, () => audio?.resume());
}
// Another tab of the same person has said that it was seen.
window.addEventListener("storage", ({ key }) => {
  if (key === PENDING) {
    pending = read(PENDING, []);
    show();
  }
});
setInterval(ring, EVERY_MS);
showSound();
show();
