/* The history of an indicator, drawn by echarts: made once, then only given new points. */
import { clockTime, quantity } from "./format.js";
import { stateWord } from "./words.js";

const page = document.body.dataset;
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const DAY = 24 * 3600 * 1000;

/** Open a chart in a place; it follows the place's size until it is closed. */
export async function openChart(place) {
  if (!globalThis.echarts) await import(page.chartUrl);
  const chart = globalThis.echarts.init(place, null, { renderer: "canvas" });
  const observer = new ResizeObserver(() => chart.resize());
  observer.observe(place);
  return {
    show: (content) => chart.setOption(option(content, place), { replaceMerge: ["series"] }),
    close: () => {
      observer.disconnect();
      chart.dispose();
    },
  };
}

function option(content, place) {
  const { sign, history } = content;
  const size = parseFloat(getComputedStyle(place).fontSize);
  const share = sign.unit === "%" ? 100 : 1;
  const points = history.points.map(({ at, value }) => [Date.parse(at), value === null ? null : value * share]);
  const text = { color: colour("text-soft"), fontFamily: colour("font"), fontSize: size };
  return {
    animation: false,
    aria: { enabled: true, label: { description: described(content) } },
    textStyle: text,
    grid: { left: size * 4.6, right: size * 6, top: size * 1.6, bottom: size * 2.4 },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      backgroundColor: colour("panel"),
      borderColor: colour("hair-strong"),
      textStyle: text,
      formatter: ([point]) => `${when(point.value[0], history)}  ${shown(point.value[1], share, sign)}`,
    },
    xAxis: {
      type: "time",
      min: Date.parse(history.since),
      max: Date.parse(history.until),
      axisLine: { lineStyle: { color: colour("hair-strong") } },
      axisLabel: { ...text, hideOverlap: true, formatter: (at) => when(at, history) },
      splitLine: { show: false },
    },
    yAxis: {
      type: "value",
      scale: true,
      name: sign.unit,
      nameTextStyle: { ...text, align: "right" },
      axisLabel: { ...text, formatter: (value) => quantity(value, "", 2, 0) },
      splitLine: { lineStyle: { color: colour("hair") } },
      ...extent(points, limits(sign, share)),
    },
    series: [line(points, limits(sign, share), size)],
  };
}

function line(points, marks, size) {
  return {
    id: "value",
    type: "line",
    data: points,
    showSymbol: false,
    connectNulls: false,
    lineStyle: { color: colour("accent"), width: Math.max(2, size / 7) },
    itemStyle: { color: colour("accent") },
    areaStyle: { color: colour("accent"), opacity: 0.1 },
    markLine: {
      symbol: "none",
      silent: true,
      animation: false,
      data: marks.map(({ state, value }) => ({
        yAxis: value,
        lineStyle: { color: colour(state === "red" ? "bad" : "warn"), type: "dashed", width: Math.max(1.5, size / 10) },
        label: {
          formatter: `${stateWord(state)} ${quantity(value, "", 2, 0)}`,
          color: colour(state === "red" ? "bad" : "warn"),
          fontSize: size,
        },
      })),
    },
  };
}

function limits(sign, share) {
  return ["yellow", "red"].flatMap((state) =>
    [sign[state]?.low, sign[state]?.high]
      .filter(Number.isFinite)
      .map((value) => ({ state, value: value * share })),
  );
}

/* Room for the values and for the limits near them, so that one sees how far off they are. */
function extent(points, marks) {
  const values = [...points.map(([, value]) => value).filter(Number.isFinite), ...marks.map(({ value }) => value)];
  if (!values.length) return {};
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = (high - low) * 0.08 || Math.abs(high) * 0.1 || 1;
  return { min: low >= 0 ? Math.max(0, low - room) : low - room, max: high + room };
}

function when(at, { since, until }) {
  const instant = new Date(at);
  const isLong = Date.parse(until) - Date.parse(since) > 2 * DAY;
  return isLong ? clockTime(instant, "monthDay") : clockTime(instant, "minute");
}

function shown(value, share, sign) {
  return value === null ? stateWord("no_data") : `${quantity(value / share, sign.unit, sign.precision)} ${sign.unit}`;
}

function described({ sign, history }) {
  const known = history.points.map(({ value }) => value).filter((value) => value !== null);
  if (!known.length) return `${sign.name}：${stateWord("no_data")}`;
  const say = (value) => quantity(value, sign.unit, sign.precision);
  return `${sign.name}：${say(Math.min(...known))} – ${say(Math.max(...known))} ${sign.unit}，现值 ${say(known.at(-1))}`;
}
