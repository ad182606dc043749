// Small pictures for maps, drawn here: each state has a shape of its own beside its colour.
const SIZE = 64;

export function canvas(size = SIZE) {
  const node = Object.assign(document.createElement("canvas"), { width: size, height: size });
  return node.getContext("2d", { willReadFrequently: true });
}

/** Fill a shape with a colour and edge it with another. */
export function mark({ fill, edge, path }) {
  const pen = canvas();
  pen.lineJoin = "round";
  pen.lineWidth = 5;
  pen.strokeStyle = edge;
  pen.fillStyle = fill;
  pen.beginPath();
  path(pen);
  pen.closePath();
  pen.fill();
  pen.stroke();
  return pen.getImageData(0, 0, SIZE, SIZE);
}

export function square(pen) {
  pen.roundRect(6, 6, SIZE - 12, SIZE - 12, 5);
}

export function triangle(pen) {
  pen.moveTo(SIZE / 2, 1);
  pen.lineTo(SIZE - 1, SIZE - 3);
  pen.lineTo(1, SIZE - 3);
}

export function disc(pen) {
  pen.arc(SIZE / 2, SIZE / 2, SIZE / 2 - 8, 0, 2 * Math.PI);
}

/** A head over shoulders. */
export function person(pen) {
  pen.arc(SIZE / 2, 18, 13, 0, 2 * Math.PI);
  pen.closePath();
  pen.moveTo(8, SIZE - 6);
  pen.bezierCurveTo(8, 30, SIZE - 8, 30, SIZE - 8, SIZE - 6);
}
