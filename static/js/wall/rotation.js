/* Goes round all pages by itself, where a screen was asked to; a person's touch holds it up. */
const EVERY = 20000;
const HELD_AFTER_TOUCH = 60000;

export class Rotation {
  #heldUntil = 0;

  constructor(navigation) {
    this.navigation = navigation;
    this.isOn = new URLSearchParams(location.search).has("rotate");
    document.addEventListener("pointerdown", () => this.#hold());
    setInterval(() => this.#step(), EVERY);
    this.#tell();
  }

  toggle() {
    this.isOn = !this.isOn;
    this.#heldUntil = 0;
    this.#tell();
  }

  #hold() {
    this.#heldUntil = performance.now() + HELD_AFTER_TOUCH;
  }

  #step() {
    const isFree = performance.now() > this.#heldUntil && !document.body.classList.contains("is-playing");
    if (this.isOn && isFree) this.navigation.step(1);
  }

  #tell() {
    document.body.dataset.rotation = this.isOn ? "on" : "off";
    document.querySelector('[data-do="rotate"]').setAttribute("aria-pressed", String(this.isOn));
  }
}
