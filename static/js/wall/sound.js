/* The tone of an alarm: two short notes every few seconds, unless this screen was muted. */
import { word } from "./words.js";

const EVERY = 4000;
const NOTES = [880, 1175];
const NOTE_SECONDS = 0.18;
const LOUDNESS = 0.25;

export class Sound {
  #context = null;
  #timer = null;
  #isWanted = false;

  constructor(wall) {
    this.key = `yiwang-muted:${wall}`;
    this.isMuted = read(this.key) === "yes";
    // Browsers keep a page silent until somebody has touched it; kiosks may allow it from the start.
    for (const name of ["pointerdown", "keydown"]) {
      document.addEventListener(name, () => this.#context?.resume().then(() => this.#tell()));
    }
    this.#tell();
  }

  /** Start or stop; asking again for what already is changes nothing. */
  ring(isWanted) {
    if (isWanted === this.#isWanted) return;
    this.#isWanted = isWanted;
    clearInterval(this.#timer);
    if (isWanted) {
      this.#play();
      this.#timer = setInterval(() => this.#play(), EVERY);
    }
    this.#tell();
  }

  toggle() {
    this.isMuted = !this.isMuted;
    write(this.key, this.isMuted ? "yes" : "no");
    this.#tell();
  }

  /** Say why nothing is heard. */
  said() {
    if (this.isMuted) return word("soundMuted");
    return this.#context?.state === "running" ? "" : word("soundLocked");
  }

  #play() {
    if (this.isMuted) return;
    this.#context ??= new AudioContext();
    const { currentTime } = this.#context;
    NOTES.forEach((pitch, place) => this.#note(pitch, currentTime + place * NOTE_SECONDS * 1.4));
    this.#tell();
  }

  #note(pitch, at) {
    const [source, volume] = [this.#context.createOscillator(), this.#context.createGain()];
    source.frequency.value = pitch;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(LOUDNESS, at + 0.02);
    volume.gain.linearRampToValueAtTime(0, at + NOTE_SECONDS);
    source.connect(volume).connect(this.#context.destination);
    source.start(at);
    source.stop(at + NOTE_SECONDS);
  }

  #tell() {
    const state = this.isMuted ? "muted" : this.#isWanted ? "ringing" : "quiet";
    document.body.dataset.sound = state;
    const button = document.querySelector('[data-do="mute"]');
    button?.setAttribute("aria-pressed", String(this.isMuted));
  }
}

/* A screen whose browser keeps nothing still has its sound. */
function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // It is forgotten at the next start, and the sound is on again: the safe side.
  }
}
