// The time until a request goes out again by itself, counted down in its row.
// Owns the ticking: a row says when (`retry_at`), and the page is not asked every second.

const TICK_MS = 250;

// The row's words hold the whole wait; by a clock that is wrong no more than that is shown.
function countdown(step, text) {
  const made = element("span", "countdown", text);
  made.dataset.until = step.retry_at;
  made.dataset.wait = parseFloat(text);
  return made;
}

class Countdowns {
  constructor(rows) {
    this.rows = rows;
    this.timer = 0;
  }

  // Looks whether there is anything to count; called when rows or the run's standing changed.
  look(live) {
    const waiting = live && this.rows.querySelector(".countdown[data-until]");
    if (!waiting) this.close();
    else if (!this.timer) this.timer = setInterval(() => this.tick(), TICK_MS);
    if (waiting) this.tick();
  }

  tick() {
    for (const shown of this.rows.querySelectorAll(".countdown[data-until]")) {
      const left = Math.min(Number(shown.dataset.until) - Date.now() / 1000, shown.dataset.wait);
      const words = left > 0 ? `${Math.ceil(left)} s` : "0 s";
      if (shown.textContent !== words) shown.textContent = words;
    }
  }

  close() {
    clearInterval(this.timer);
    this.timer = 0;
  }
}
