/* F fills the screen, Esc leaves it; a pointer that rests is hidden. */
const IDLE_AFTER = 5000;

export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.key.toLowerCase() === "f") toggleFullScreen();
    if (event.key === "Escape" && document.fullscreenElement) document.exitFullscreen();
  });
  let timer;
  document.addEventListener("pointermove", () => {
    document.body.classList.remove("is-idle");
    clearTimeout(timer);
    timer = setTimeout(() => document.body.classList.add("is-idle"), IDLE_AFTER);
  });
}

function toggleFullScreen() {
  const change = document.fullscreenElement
    ? document.exitFullscreen()
    : document.documentElement.requestFullscreen();
  change.catch(() => {}); // the browser may refuse; the page is whole without it
}
