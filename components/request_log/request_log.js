// What other programs ask of the simulator, newest first, looked at while the page is seen.

const LOOK_EVERY_MS = 1000;
const ROWS_SHOWN = 200;

const logs = new WeakMap();

class RequestLogView {
  constructor(root) {
    this.root = root;
    this.rows = root.querySelector(".log-rows");
    this.address = `${appRoot()}api/simulator/requests`;
    this.version = 0;
    this.items = new Map(); // number -> {item, told, box}
    this.gone = new AbortController();
    const { signal } = this.gone;
    const look = () => document.visibilityState === "visible" && this.look();
    document.addEventListener("visibilitychange", look, { signal });
    root.querySelector(".clear").addEventListener("click", () => this.clear(), { signal });
    this.look();
  }

  async json(path, options = {}) {
    const answer = await fetch(`${this.address}${path}`, {
      credentials: "same-origin",
      signal: this.gone.signal,
      ...options,
    });
    if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
    return answer.json();
  }

  // Asks for what is new, then again after a while; a page that nobody sees waits.
  async look() {
    clearTimeout(this.timer);
    try {
      this.take(await this.json(`?after=${this.version}`));
      this.trouble(null);
    } catch (error) {
      if (this.gone.signal.aborted) return;
      this.trouble("The requests cannot be read just now. It is tried again by itself.");
    }
    const wait = document.visibilityState === "visible";
    clearTimeout(this.timer);
    if (wait) this.timer = setTimeout(() => this.look(), LOOK_EVERY_MS);
  }

  take({ version, requests }) {
    if (version < this.version) this.forget(); // the server was started anew
    this.version = version;
    for (const told of requests) this.put(told);
    const count = this.items.size;
    this.root.querySelector(".log-empty").hidden = count > 0;
    this.root.querySelector(".clear").hidden = count === 0;
    const words = count === 1 ? "1 request" : `${countText(count)} requests`;
    this.root.querySelector(".log-count").textContent = count ? `${words}, newest first` : "";
    const newest = requests.at(-1);
    if (newest) this.root.querySelector(".aloud").textContent = lineOf(newest);
  }

  put(told) {
    const known = this.items.get(told.number);
    const item = known?.item ?? element("li", "log-item");
    if (!known) this.rows.prepend(item);
    const row = button("log-row", null, () => this.toggle(told.number));
    row.setAttribute("aria-expanded", String(Boolean(known?.box)));
    row.append(...cells(told));
    item.querySelector(".log-row")?.remove();
    item.prepend(row);
    this.items.set(told.number, { item, told, box: known?.box ?? null });
    if (known?.box) this.fill(told.number);
    while (this.items.size > ROWS_SHOWN) this.drop(Math.min(...this.items.keys()));
  }

  drop(number) {
    this.items.get(number).item.remove();
    this.items.delete(number);
  }

  toggle(number) {
    const entry = this.items.get(number);
    entry.item.querySelector(".log-row").setAttribute("aria-expanded", String(!entry.box));
    if (entry.box) {
      entry.box.remove();
      entry.box = null;
      return;
    }
    entry.box = element("div", "detail");
    entry.item.append(entry.box);
    this.fill(number);
  }

  async fill(number) {
    const { box } = this.items.get(number);
    try {
      const { tabs } = await this.json(`/${number}`);
      showPanels(box, tabs, box.dataset.chosen, (name) => (box.dataset.chosen = name));
    } catch (error) {
      if (this.gone.signal.aborted) return;
      box.replaceChildren(element("p", "panel-note", "This request is not kept any more."));
    }
  }

  async clear() {
    try {
      await this.json("", { method: "DELETE" });
      this.forget();
      await this.look();
    } catch (error) {
      if (!this.gone.signal.aborted) this.trouble("The requests could not be cleared just now.");
    }
  }

  forget() {
    for (const number of [...this.items.keys()]) this.drop(number);
    this.version = 0;
  }

  trouble(words) {
    const line = this.root.querySelector(".trouble");
    line.hidden = !words;
    line.textContent = words ?? "";
  }

  leave() {
    this.gone.abort();
    clearTimeout(this.timer);
  }
}

function cells(told) {
  const made = [
    element("span", "log-time", timeOf(told.at)),
    statusOf(told),
    element("span", "log-what", told.api ?? `${told.method} ${told.path}`),
  ];
  const line = element("span", "log-line");
  if (told.model) line.append(element("code", "", told.model), " ");
  if (told.asked) line.append(element("span", "", told.asked), " ");
  if (told.came) line.append(element("span", told.failed ? "bad" : "", `→ ${told.came}`));
  made.push(line);
  made.push(element("span", "log-took", told.under_way ? "" : secondsText(told.elapsed_s)));
  return made;
}

// Hours to seconds, the same in every country.
function timeOf(at) {
  const when = new Date(at * 1000);
  const pair = (value) => String(value).padStart(2, "0");
  return [when.getHours(), when.getMinutes(), when.getSeconds()].map(pair).join(":");
}

function statusOf(told) {
  const words = told.under_way ? "…" : String(told.status ?? "broke");
  const made = element("span", `log-status${told.failed ? " bad" : ""}`, words);
  made.title = told.under_way ? "It is being answered" : "HTTP status";
  return made;
}

function lineOf(told) {
  return [told.api ?? told.path, told.asked, told.came].filter(Boolean).join(" ");
}

export default function requestLog({ parentElement }) {
  const root = parentElement.querySelector(".log");
  let view = logs.get(parentElement);
  if (!view || view.root !== root) {
    view?.leave();
    view = new RequestLogView(root);
    logs.set(parentElement, view);
  }
  return () => {
    view.leave();
    logs.delete(parentElement);
  };
}
