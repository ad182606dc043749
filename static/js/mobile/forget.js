// Takes the kept pages of whoever was signed in off the phone. The page of the sign-in loads this
// too: however one has left, the next person finds nothing.

export async function dropPages() {
  if (!("caches" in window)) return;
  const names = await caches.keys();
  const pages = names.filter((name) => name.startsWith("yiwang-pages-"));
  await Promise.all(pages.map((name) => caches.delete(name)));
}

if (document.querySelector(".sign-in")) dropPages();
