/* A sparkline: one path in a box of 100 by 30, broken where there was no value. */
const TOP = 3;
const BOTTOM = 27;

export function drawSpark(svg, series, state) {
  svg.dataset.state = state;
  const path = svg.firstElementChild;
  const drawn = line(series);
  if (path.getAttribute("d") !== drawn) path.setAttribute("d", drawn);
}

export function line(series) {
  const known = series.filter((value) => value !== null);
  const low = Math.min(...known);
  const span = Math.max(...known) - low || 1;
  const flat = Math.max(...known) === low;
  let isDrawing = false;
  return series
    .map((value, place) => {
      if (value === null) {
        isDrawing = false;
        return "";
      }
      const x = (place / (series.length - 1)) * 100;
      const y = flat ? (TOP + BOTTOM) / 2 : BOTTOM - ((value - low) / span) * (BOTTOM - TOP);
      const step = `${isDrawing ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
      isDrawing = true;
      return step;
    })
    .join("");
}
