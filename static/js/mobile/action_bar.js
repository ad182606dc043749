// Takes the bar at the bottom away while the form that it leads to is on the screen.

export function startActionBar() {
  const link = document.querySelector("[data-leads-to]");
  const form = document.getElementById(link?.dataset.leadsTo);
  if (form === null) return;
  const bar = link.parentElement;
  new IntersectionObserver(([seen]) => {
    bar.hidden = seen.isIntersecting;
  }, { rootMargin: "0px 0px -120px 0px" }).observe(form);
}
