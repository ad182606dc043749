/* Takes up a new version of the page after the server was upgraded, without a person at the wall. */
export async function renewIfChanged(current) {
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const version = page.body.dataset.version;
    if (!version || version === current) return;
    await refreshScripts();
    location.reload();
  } catch {
    // No contact: the contact chip tells of it, and the next look is soon.
  }
}

/* Files keep their names between versions, so the browser's copies are renewed first. */
async function refreshScripts() {
  const files = performance.getEntriesByType("resource").map((entry) => entry.name);
  const own = files.filter((name) => new URL(name).pathname.startsWith("/static/"));
  await Promise.all([...new Set(own)].map((name) => fetch(name, { cache: "reload" })));
}
