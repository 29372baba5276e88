// The timeline: one run's rows, kept up to date, opened on demand.
// Called again at every rerun of the page with data {run, head, live, token}; what it holds between
// calls lies in `views`, by the root it draws into. It reports one intent: "advanced".

const views = new WeakMap();
const REPORT_AFTER_MS = 120; // steps that land together are one rerun of the page
const NEAR_END_PX = 60;

class TimelineView {
  constructor(root) {
    this.root = root;
    this.parts = Object.fromEntries(
      ["sum", "trouble", "empty", "rows", "aloud", "heads"].map((name) => [
        name,
        root.querySelector(`.${name}`),
      ]),
    );
    this.run = undefined;
    this.token = undefined;
    this.feed = null;
    this.liveRow = new LiveRow();
    this.countdowns = new Countdowns(this.parts.rows);
    this.timer = 0;
    this.gone = new AbortController();
    this.lookAgain();
    this.parts.rows.addEventListener("keydown", (event) => this.moveFocus(event));
    this.parts.rows.addEventListener("click", (event) => {
      const row = event.target.closest("button.step");
      if (row) this.toggle(row);
    });
  }

  update({ run, head, live, token }, report) {
    this.report = report;
    this.pageHead = head;
    this.pageLive = live;
    if (run !== this.run) this.begin(run);
    else if (this.feed && (token !== this.token || this.differs(head, live))) this.feed.refresh();
    this.token = token;
  }

  // At rest nothing is listened to: what another tab did is fetched when a person looks here again.
  lookAgain() {
    const look = () => {
      if (document.visibilityState === "visible" && !this.feed?.live) this.feed?.refresh();
    };
    document.addEventListener("visibilitychange", look, { signal: this.gone.signal });
    window.addEventListener("focus", look, { signal: this.gone.signal });
  }

  // A run can come to rest between the page's look at it and ours, with no event after.
  differs(head, live) {
    return head > this.feed.head || live !== this.feed.live;
  }

  begin(run) {
    this.close();
    this.run = run;
    this.items = new Map(); // seq -> {item, step, opened}
    this.order = [];
    this.reported = "";
    this.wasLive = false;
    this.parts.rows.replaceChildren();
    this.parts.sum.hidden = true;
    this.parts.trouble.hidden = true;
    this.parts.aloud.textContent = "";
    this.root.classList.remove("many-turns");
    this.parts.empty.hidden = Boolean(run);
    if (!run) return;
    this.feed = new Feed(run, {
      steps: (answer) => this.takeSteps(answer),
      listening: () => this.liveRow.clear(),
      delta: (delta) => this.takeDelta(delta),
      standing: (live, head) => this.stand(live, head),
      trouble: (words) => this.trouble(words),
    });
    this.feed.refresh();
  }

  takeSteps(answer) {
    const following = this.feed.live && this.atEnd();
    const first = this.order.length === 0;
    for (const step of answer.steps) this.put(step);
    if (answer.summary && answer.head > 0) drawSummary(this.parts.sum, answer.summary);
    this.parts.empty.hidden = this.order.length > 0;
    if (!answer.steps.length) return;
    const newest = this.items.get(this.order.at(-1));
    this.root.classList.toggle("many-turns", newest.step.turn > 1);
    if (!first) this.parts.aloud.textContent = newest.item.querySelector(".say").textContent;
    if (following) this.follow();
  }

  // Adds or redraws one row. Rows come in order, so nearly always it is the last.
  put(step) {
    const known = this.items.get(step.seq);
    if (known) {
      known.step = step;
      this.draw(this.order.lastIndexOf(step.seq));
    } else {
      let at = this.order.length;
      while (at > 0 && this.order[at - 1] > step.seq) at -= 1;
      const item = newItem(step);
      const below = at < this.order.length ? this.items.get(this.order[at]).item : this.liveItem();
      this.parts.rows.insertBefore(item, below);
      this.order.splice(at, 0, step.seq);
      this.items.set(step.seq, { item, step, opened: null });
      this.draw(at);
      if (at + 1 < this.order.length) this.draw(at + 1);
    }
    const settled = ["stop", "answer", "error"].includes(step.phase);
    if (settled && step.exchange >= this.liveRow.exchange) this.liveRow.clear();
  }

  liveItem() {
    return this.liveRow.item?.parentNode === this.parts.rows ? this.liveRow.item : null;
  }

  draw(at) {
    const entry = this.items.get(this.order[at]);
    const above = at > 0 ? this.items.get(this.order[at - 1]).step : null;
    drawItem(entry.item, entry.step, above);
    if (entry.opened && entry.opened.version !== entry.step.events[1]) this.fill(entry);
  }

  takeDelta(delta) {
    const following = this.atEnd();
    this.liveRow.take(delta, this.parts.rows);
    // The chat shows the same words; one stream serves both.
    const detail = { run: this.run, text: this.liveRow.words() };
    window.dispatchEvent(new CustomEvent("roundtrip-writing", { detail }));
    if (following) requestAnimationFrame(() => this.follow());
  }

  // Tells the page once for each head, and once more when the run comes to rest at it.
  stand(live, head) {
    const rested = (this.wasLive || this.pageLive) && !live;
    this.wasLive = live;
    if (!live) this.liveRow.clear();
    this.countdowns.look(live);
    const now = `${head} ${live}`;
    if (now === this.reported || !(rested || head > this.pageHead)) return;
    this.reported = now;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.report(head), REPORT_AFTER_MS);
  }

  trouble(words) {
    this.parts.trouble.hidden = !words;
    this.parts.trouble.textContent = words ?? "";
  }

  toggle(row) {
    const entry = this.items.get(Number(row.closest(".item").dataset.seq));
    const open = row.getAttribute("aria-expanded") !== "true";
    row.setAttribute("aria-expanded", String(open));
    entry.item.classList.toggle("open", open);
    if (!open) {
      entry.opened.box.remove();
      entry.opened = null;
      return;
    }
    const box = element("div", "detail");
    box.append(element("p", "panel-note", "Fetching…"));
    entry.item.append(box);
    entry.opened = { box, version: null, chosen: null };
    this.fill(entry);
  }

  // Fetches a row's panels, once for each version of the row, and shows them.
  async fill(entry) {
    const { opened, step } = entry;
    const version = step.events[1];
    opened.version = version;
    try {
      if (entry.panels?.version !== version) {
        entry.panels = { version, tabs: (await this.feed.json(`/steps/${step.seq}`)).tabs };
      }
      if (entry.opened !== opened || opened.version !== version) return;
      showPanels(opened.box, entry.panels.tabs, opened.chosen, (name) => (opened.chosen = name));
    } catch (error) {
      if (entry.opened !== opened) return;
      const words = element("p", "panel-note", `This could not be fetched. ${error.message} `);
      words.append(button("more", "Try again", () => this.fill(entry)));
      opened.box.replaceChildren(words);
    }
  }

  moveFocus(event) {
    if (!event.target.classList.contains("step")) return;
    const rows = [...this.parts.rows.querySelectorAll("button.step")];
    const at = rows.indexOf(event.target);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    rows[to]?.focus();
  }

  // Whether the last row's end is in sight: only then the view follows what comes.
  atEnd() {
    const end = this.parts.rows.getBoundingClientRect().bottom;
    return end <= window.innerHeight + NEAR_END_PX && end > 0;
  }

  follow() {
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.parts.rows.lastElementChild?.scrollIntoView({
      block: "nearest",
      behavior: calm ? "auto" : "smooth",
    });
  }

  close() {
    this.feed?.close();
    this.feed = null;
    this.liveRow.clear();
    this.countdowns.close();
    clearTimeout(this.timer);
  }

  leave() {
    this.close();
    this.gone.abort();
  }
}

export default function timeline({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".tl");
  let view = views.get(parentElement);
  if (!view || view.root !== root) {
    view?.leave();
    view = new TimelineView(root);
    views.set(parentElement, view);
  }
  view.update(data, (head) => setTriggerValue("advanced", head));
  return () => {
    view.leave();
    views.delete(parentElement);
  };
}
