// Paper comes only when asked for.
document.querySelector("[data-print]").addEventListener("click", () => window.print());
