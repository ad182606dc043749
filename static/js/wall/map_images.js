/* Small pictures for the map, drawn here: marks of state and the hatch of "no data". */
const SIZE = 64;

function canvas(size) {
  const node = Object.assign(document.createElement("canvas"), { width: size, height: size });
  return node.getContext("2d", { willReadFrequently: true });
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function filled(name, path) {
  const pen = canvas(SIZE);
  pen.lineJoin = "round";
  pen.lineWidth = 5;
  pen.strokeStyle = colour("ground");
  pen.fillStyle = colour(name);
  pen.beginPath();
  path(pen);
  pen.closePath();
  pen.fill();
  pen.stroke();
  return pen.getImageData(0, 0, SIZE, SIZE);
}

function square(pen) {
  pen.roundRect(6, 6, SIZE - 12, SIZE - 12, 5);
}

function triangle(pen) {
  pen.moveTo(SIZE / 2, 1);
  pen.lineTo(SIZE - 1, SIZE - 3);
  pen.lineTo(1, SIZE - 3);
}

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
