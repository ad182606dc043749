// Tells on an order's page that the order has moved on while a form is being filled in.

export function startStale() {
  const notice = document.querySelector("[data-stale]");
  if (notice === null) return;
  window.addEventListener("yiwang:swapped", ({ detail }) => {
    const newer = detail.querySelector("[data-stale]");
    if (newer && newer.dataset.stale !== notice.dataset.stale) notice.hidden = false;
  });
}
