/* Small pictures for the map, drawn here: marks of state and the hatch of "no data". */
import { canvas, mark, square, triangle } from "../map/marks.js";

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

const filled = (name, path) => mark({ fill: colour(name), edge: colour("ground"), path });

function hatch() {
  const size = 16;
  const pen = canvas(size);
  pen.strokeStyle = colour("void");
  pen.globalAlpha = 0.4;
  pen.lineWidth = 1.5;
  for (const start of [-size, 0, size]) {
    pen.moveTo(start, size);
    pen.lineTo(start + size, 0);
  }
  pen.stroke();
  return pen.getImageData(0, 0, size, size);
}

/** Add the pictures before the style asks for them. */
export function addImages(map) {
  const images = {
    "mark-red": filled("bad", square),
    "mark-yellow": filled("warn", triangle),
    hatch: hatch(),
  };
  map.once("style.load", () => {
    for (const [name, image] of Object.entries(images)) {
      if (!map.hasImage(name)) map.addImage(name, image);
    }
  });
}
