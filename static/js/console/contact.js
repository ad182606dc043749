// "Stale" over the page once a minute has passed without a word from the server.
const STALE_MS = 60_000;
let isLive = false;
let last = Date.now();

const stamp = document.querySelector("[data-stale]");
const time = new Intl.DateTimeFormat("zh-CN", {
  hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai",
});

function heard() {
  last = Date.now();
  show();
}

function show() {
  const isStale = !isLive && Date.now() - last > STALE_MS;
  stamp.hidden = !isStale;
  document.body.classList.toggle("is-stale", isStale);
  if (isStale) {
    stamp.querySelector("[data-stale-words]").textContent = `数据停在 ${time.format(last)}`;
  }
}

window.addEventListener("yiwang:live", ({ detail }) => {
  isLive = detail.state === "open";
  if (isLive) heard();
});
window.addEventListener("yiwang:order", heard);
window.addEventListener("console:contact", heard);
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.successful) heard();
});
setInterval(show, 5_000);
