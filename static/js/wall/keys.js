/* Keys and touch buttons of the wall; a pointer that rests is hidden. */
const IDLE_AFTER = 5000;

export function listenToKeys({ alarm, navigation, playback, rotation, screen }) {
  const help = document.querySelector("[data-help]");
  const deeds = {
    mute: () => alarm.toggleMute(),
    rotate: () => rotation.toggle(),
    playback: () => playback.toggle(),
    help: () => (help.open ? help.close() : help.showModal()),
    alarms: () => alarm.list.toggle(),
    leave: () => {
      if (alarm.list.isOpen) alarm.list.close();
      else if (playback.isOn) playback.end();
      else leave(navigation);
    },
  };
  const keys = {
    f: toggleFullScreen,
    m: deeds.mute,
    p: deeds.playback,
    " ": deeds.rotate,
    r: () => screen.read(),
    a: () => alarm.acknowledge(),
    l: deeds.alarms,
    "?": deeds.help,
    escape: deeds.leave,
    0: () => navigation.home(),
    arrowright: () => navigation.step(1),
    arrowleft: () => navigation.step(-1),
    pagedown: () => screen.view.turn?.(1),
    pageup: () => screen.view.turn?.(-1),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || isTyping(event)) return;
    const key = event.key.toLowerCase();
    if (/^[1-9]$/.test(key)) navigation.goTo(navigation.slugs[Number(key)]);
    else if (!(key in keys) || (help.open && key !== "?")) return;
    else keys[key]();
    if (key === " " || key.startsWith("page")) event.preventDefault();
  });
  document.addEventListener("click", ({ target }) => {
    const deed = target.closest("[data-do]")?.dataset.do;
    if (deed) deeds[deed]();
  });
  hideRestingPointer();
}

/* A space on a button presses it; letters in a field are its own. */
function isTyping({ target, key }) {
  if (target.closest("input, textarea, select")) return true;
  return key === " " && target.closest("button, a") !== null;
}

function leave(navigation) {
  if (document.fullscreenElement) document.exitFullscreen();
  else if (!navigation.isHome) navigation.home();
}

function hideRestingPointer() {
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
