// Registers the service worker. A new version waits until it is asked for, so that no form is lost.

const SCOPE = "/m/";
let isAsked = false;

export async function startWorker() {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register("/sw.js", { scope: SCOPE });
  if (registration.waiting) offer(registration.waiting);
  registration.addEventListener("updatefound", () => watch(registration.installing));
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (isAsked) window.location.reload();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && navigator.onLine) registration.update().catch(() => undefined);
  });
  await navigator.storage?.persist?.();
}

function watch(worker) {
  worker?.addEventListener("statechange", () => {
    if (worker.state === "installed" && navigator.serviceWorker.controller) offer(worker);
  });
}

function offer(worker) {
  const banner = document.querySelector("[data-update]");
  banner.hidden = false;
  banner.querySelector("[data-update-now]").addEventListener("click", () => {
    isAsked = true;
    worker.postMessage({ type: "skip" });
  });
}
