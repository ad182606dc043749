// A tap that comes before the page's modules are there must not post the bare form, which without
// a line would be lost with an error page of the browser. It is held, and done as soon as they are.
// A plain script, so that it listens before anything can be tapped.

(() => {
  const PATIENCE_MS = 10_000; // modules that never come: the form goes as it is
  let tap = null;

  function hold(event) {
    const form = event.target;
    if (!form.matches("form[data-outbox]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    tap ??= { form, submitter: event.submitter, timer: setTimeout(() => form.submit(), PATIENCE_MS) };
    event.submitter?.setAttribute("aria-busy", "true");
  }

  document.addEventListener("submit", hold, { capture: true });
  window.addEventListener("yiwang:forms", () => {
    document.removeEventListener("submit", hold, { capture: true });
    if (tap === null) return;
    clearTimeout(tap.timer);
    tap.form.requestSubmit(tap.submitter);
  }, { once: true });
})();
