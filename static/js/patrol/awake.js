// Keeps the screen on while the patrol page is seen, where the worker wants it: a locked phone
// breaks the way. The wish is kept on the phone.

const KEY = "yiwang:awake";
let lock = null;

export function startAwake() {
  const box = document.querySelector("[data-awake]");
  if (box === null || !("wakeLock" in navigator)) return;
  box.checked = localStorage.getItem(KEY) === "1";
  box.addEventListener("change", () => {
    localStorage.setItem(KEY, box.checked ? "1" : "0");
    hold(box);
  });
  document.addEventListener("visibilitychange", () => hold(box));
  window.addEventListener("yiwang:duty", () => hold(box));
}


async function hold(box) {
  const isWanted = box.checked && !document.hidden && document.querySelector("[data-duty=on]") !== null;
  if (isWanted && lock === null) lock = await navigator.wakeLock.request("screen").catch(() => null);
  if (isWanted) return lock?.addEventListener("release", () => (lock = null), { once: true });
  await lock?.release();
  lock = null;
}
