// The self-test: each row says how it stands and what to do about it.

import { isWrong, skewOf, skewWords } from "../outbox/clock.js";
import { person } from "../outbox/store.js";
import { PAGES } from "./keep.js";

const LABELS = { normal: "正常", yellow: "注意", red: "不行" };
const LEAST_FREE = 200 * 1024 * 1024;

export function startCheck() {
  if (document.querySelector("[data-checks]") === null) return;
  document.querySelector("[data-checks-again]").addEventListener("click", all);
  all();
}

function all() {
  for (const [name, look] of Object.entries(LOOKS)) {
    look()
      .then(([state, words]) => tell(name, state, words))
      .catch((error) => tell(name, "red", `查不了：${error.message ?? error}`));
  }
}

function tell(name, state, words) {
  const row = document.querySelector(`[data-check="${name}"]`);
  const mark = row.querySelector("[data-check-state]");
  mark.className = `status status--${state}`;
  mark.textContent = LABELS[state];
  row.querySelector("[data-check-words]").textContent = words;
}

async function ping() {
  const began = performance.now();
  const response = await fetch("/healthz", { cache: "no-store" });
  return { took: Math.round(performance.now() - began), date: response.headers.get("Date") };
}

const LOOKS = {
  async network() {
    try {
      const { took } = await ping();
      return took < 2000 ? ["normal", `服务器 ${took} 毫秒应答`] : ["yellow", `信号弱，应答要 ${took} 毫秒；内容会慢慢发`];
    } catch {
      return ["yellow", "没有网络。照常填写，有信号自动发出"];
    }
  },
  async clock() {
    try {
      const skew = skewOf((await ping()).date);
      if (skew === null) return ["yellow", "服务器没有报时"];
      return isWrong(skew)
        ? ["red", `${skewWords(skew)}，请在手机设置里打开「自动设置时间」`]
        : ["normal", `与服务器相差 ${Math.abs(Math.round(skew / 1000))} 秒`];
    } catch {
      return ["yellow", "没有网络，对不了表"];
    }
  },
  async worker() {
    if (!("serviceWorker" in navigator)) return ["red", "这个浏览器不支持离线，请换系统自带浏览器并用 https 打开"];
    return navigator.serviceWorker.controller
      ? ["normal", "已启用，没有信号也能打开"]
      : ["yellow", "刚装上，关掉再打开一次就生效"];
  },
  async pages() {
    if (!("caches" in window)) return ["red", "存不了页面"];
    const kept = await (await caches.open(PAGES + person)).keys();
    const orders = kept.filter((request) => request.url.includes("/m/orders/")).length;
    const has = kept.some((request) => request.url.endsWith("/m/report/"));
    return has ? ["normal", `已存：表单、地图和 ${orders} 张工单`] : ["yellow", "还没存好，有信号时打开「待办」等几秒"];
  },
  async storage() {
    const { quota = 0, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
    const free = quota - usage;
    const mega = `还可存约 ${Math.round(free / 1024 / 1024)} MB`;
    if (free < LEAST_FREE) return ["red", `${mega}，请先清理手机空间`];
    const isSafe = await navigator.storage.persisted?.();
    return isSafe ? ["normal", mega] : ["normal", `${mega}；建议「添加到主屏幕」，免得系统清理`];
  },
  position() {
    return new Promise((resolve) => {
      if (!navigator.geolocation) return resolve(["red", "这部手机不能定位，上报时请写地址"]);
      return navigator.geolocation.getCurrentPosition(
        ({ coords }) => resolve(coords.accuracy <= 50
          ? ["normal", `误差约 ${Math.max(1, Math.round(coords.accuracy))} 米`]
          : ["yellow", `误差约 ${Math.round(coords.accuracy)} 米，请到开阔处`]),
        (error) => resolve(["red", error.code === 1 ? "没有允许定位，请在浏览器设置里允许" : "定不到位，请到开阔处或打开定位"]),
        { enableHighAccuracy: true, timeout: 15_000, maximumAge: 0 },
      );
    });
  },
  async camera() {
    const devices = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
    return devices.some((device) => device.kind === "videoinput")
      ? ["normal", "有相机；点「拍现场照片」时打开"]
      : ["yellow", "没有查到相机，可以从相册选照片"];
  },
};
