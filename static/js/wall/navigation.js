/* Moves between the pages of a wall without leaving it: no flash, the socket and the sound stay. */
const HOME = "";

export class Navigation {
  #home = null;
  #turn = 0;

  constructor(page, screen) {
    Object.assign(this, { page, screen });
    this.slugs = [...document.querySelectorAll("[data-nav] [data-page-slug]")].map(
      (tab) => tab.dataset.pageSlug,
    );
    if (screenIsHome()) this.#home = document.querySelector("main");
    document.addEventListener("click", (event) => this.#follow(event));
    window.addEventListener("popstate", () => this.#show(location.href));
  }

  /** The slug of the page in front, empty for the overview, null for an indicator's page. */
  get place() {
    const { view, pageSlug } = this.screen.main.dataset;
    return view === "overview" ? HOME : (pageSlug ?? null);
  }

  get isHome() {
    return this.place === HOME;
  }

  home() {
    return this.go(this.page.base);
  }

  goTo(slug) {
    return slug === undefined ? undefined : this.go(slug ? `${this.page.base}${slug}/` : this.page.base);
  }

  /** Go so many pages on, round and round. */
  step(count) {
    const here = Math.max(0, this.slugs.indexOf(this.place));
    const size = this.slugs.length;
    return this.goTo(this.slugs[(here + count + size) % size]);
  }

  async go(address) {
    if (await this.#show(address)) history.pushState(null, "", address);
  }

  async #show(address) {
    const turn = (this.#turn += 1);
    if (this.#home && new URL(address, location.href).pathname === this.page.base) {
      return this.#open(this.#home, this.#home.dataset.title);
    }
    const next = await this.#fetch(address);
    if (turn !== this.#turn) return false; // another page was asked for meanwhile
    const main = next?.querySelector("main");
    if (!main || next.body.dataset.version !== this.page.version) {
      location.assign(address); // a new version, a sign-in or an error page: a whole new document
      return false;
    }
    const node = document.adoptNode(main);
    this.screen.main.after(node);
    return this.#open(node, next.title);
  }

  #open(main, title) {
    if (main.dataset.view === "overview") this.#home = main;
    main.dataset.title = title ?? document.title;
    this.screen.open(main);
    document.title = main.dataset.title;
    this.mark();
    window.scrollTo(0, 0);
    return true;
  }

  async #fetch(address) {
    try {
      const answer = await fetch(address, { cache: "no-store" });
      if (answer.redirected) return null;
      return new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      return { body: document.body, querySelector: () => null, title: "" };
    }
  }

  /** Mark the tab of the page in front. */
  mark() {
    if (this.isHome) this.#home ??= this.screen.main;
    this.screen.main.dataset.title ??= document.title;
    for (const tab of document.querySelectorAll("[data-nav] [data-page-slug]")) {
      if (tab.dataset.pageSlug === this.place) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
  }

  #follow(event) {
    const link = event.target.closest("a[data-link]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.go(link.href);
  }
}

function screenIsHome() {
  return document.querySelector("main").dataset.view === "overview";
}
