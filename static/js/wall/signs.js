/* One vital sign as a tile: state, value, unit, limits, sparkline, age and owner. */
import { limitText, quantity, shortAge } from "./format.js";
import { fit, make, write, writeFigure, writeName, writeState } from "./nodes.js";
import { drawSpark } from "./spark.js";

const HIGHEST = ["yellow", "red"];

/** Make the tile of a sign; the rooms are characters of the largest size that fit in a line. */
export function makeTile(sign, { room, ownerRoom = room * 1.16, base }) {
  const tile = make("tile");
  tile.root.dataset.code = sign.code;
  tile.root.href = `${base}indicators/${sign.code}/`;
  tile.ownerRoom = ownerRoom;
  writeName(tile.parts.name, sign.name, room);
  return tile;
}

export function fillTile(tile, sign, now) {
  const { parts, ownerRoom } = tile;
  writeState(tile, sign.state);
  const value = quantity(sign.value ?? NaN, sign.unit, sign.precision);
  writeFigure(parts.value, value);
  write(parts.unit, sign.value === null ? "" : sign.unit);
  parts.value.parentNode.classList.toggle("is-long", value.length + sign.unit.length > 8);
  const owner = ownerOf(sign);
  write(parts.owner, owner);
  fit(parts.owner, owner, ownerRoom);
  showLimits(parts.limits, sign, { isShort: true });
  if (sign.series) drawSpark(parts.spark, sign.series, sign.state);
  showAge(tile, sign, now);
}

export function showAge({ parts }, sign, now) {
  const seconds = sign.observed_at ? (now - new Date(sign.observed_at)) / 1000 : NaN;
  write(parts.age, Number.isFinite(seconds) ? shortAge(Math.max(0, seconds)) : "");
}

/** Write the limits that hold now, each with the shape of the state that begins there. */
export function showLimits(place, sign, options) {
  const written = HIGHEST.map((state) => [state, limitText(sign[state], sign, options)]);
  const texts = written.filter(([, text]) => text);
  const shown = texts.map(([state, text]) => state + text).join();
  if (place.dataset.shown === shown) return;
  place.dataset.shown = shown;
  place.replaceChildren(
    ...texts.map(([state, text]) => {
      const limit = make("limit");
      limit.parts.shape.dataset.state = state;
      write(limit.parts.text, text);
      return limit.root;
    }),
  );
}

/** Leave out the district's own name: on its wall every owner would begin with it. */
export function ownerOf({ owner }) {
  const district = document.body.dataset.areaName;
  return owner.startsWith(district) && owner.length > district.length + 1
    ? owner.slice(district.length)
    : owner;
}
