// Says in words how the connection stands, and since when.

export function startLink() {
  const words = document.querySelector("[data-link-words]");
  if (words === null) return;
  window.addEventListener("yiwang:live", ({ detail }) => {
    const time = new Date(detail.since).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });
    words.textContent =
      detail.state === "open" ? `已连接，${time} 起实时更新` : `连接中断，自 ${time}；会自动重连`;
  });
}
