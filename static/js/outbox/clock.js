// Compares the phone's clock with the server's, and says so where it is set wrong.

const TOLD_MS = 5 * 60_000;

export function skewOf(date, now = Date.now()) {
  const at = Date.parse(date ?? "");
  return Number.isNaN(at) ? null : now - at;
}

export function skewWords(skew) {
  const minutes = Math.round(Math.abs(skew) / 60_000);
  const amount =
    minutes < 120 ? `${minutes} 分钟` : minutes < 2880 ? `${Math.round(minutes / 60)} 小时` : `${Math.round(minutes / 1440)} 天`;
  return `手机时间${skew > 0 ? "快" : "慢"}了 ${amount}`;
}

export function isWrong(skew) {
  return skew !== null && Math.abs(skew) > TOLD_MS;
}

export function heard(date) {
  const skew = skewOf(date);
  const notice = document.querySelector("[data-clock-wrong]");
  if (skew === null || notice === null) return;
  notice.hidden = !isWrong(skew);
  notice.textContent = `${skewWords(skew)}。记录按服务器时间订正，两个时间都会保存；请在手机设置里打开「自动设置时间」。`;
}
