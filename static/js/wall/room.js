/* Room for labels: what comes first is placed first, and what finds no room is left out. Boxes are
   reckoned from the text, so that the same map is labelled the same everywhere. */
const WIDE = /[^\x00-\xff]/g;
const NARROW = 0.62; // digits and latin letters, as a share of the size
const LINE = 1.1;

/** Reckon what a text of one line takes at a size. */
export function extent(text, size) {
  const wide = text.match(WIDE)?.length ?? 0;
  return { width: (wide + (text.length - wide) * NARROW) * size, height: size * LINE };
}

export class Room {
  #taken = [];

  /** `frame` is [left, top, right, bottom]: beyond it a label would be cut. */
  constructor(frame) {
    this.frame = frame;
  }

  /** Take the first of these middles where a box of this extent has room; null where none has. */
  take({ width, height }, middles) {
    for (const middle of middles) {
      const [x, y] = middle;
      const box = [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
      if (!this.#isFree(box)) continue;
      this.#taken.push(box);
      return middle;
    }
    return null;
  }

  #isFree([left, top, right, bottom]) {
    const [west, north, east, south] = this.frame;
    if (left < west || top < north || right > east || bottom > south) return false;
    return !this.#taken.some(
      (other) => left < other[2] && other[0] < right && top < other[3] && other[1] < bottom,
    );
  }
}
