// Where steps come from: the run's routes. Owns fetching, listening and trying again.

const RETRY_FIRST_MS = 500;
const RETRY_MOST_MS = 8000;

class Feed {
  // `hears` has steps(answer), listening(), delta(delta), standing(live, head) and
  // trouble(words or null). After `listening` the pieces come from the reply's beginning.
  constructor(run, hears) {
    this.address = `${appRoot()}api/runs/${encodeURIComponent(run)}`;
    this.hears = hears;
    this.head = 0;
    this.live = false;
    this.source = null;
    this.timer = 0;
    this.wait = RETRY_FIRST_MS;
    this.fetching = false;
    this.again = false;
    this.ended = new AbortController();
  }

  async json(path) {
    const address = `${this.address}${path}`;
    const options = { credentials: "same-origin", signal: this.ended.signal };
    const answer = await fetch(address, options);
    if (answer.ok) return answer.json();
    const error = new Error(`The server answered ${answer.status}.`);
    error.gone = answer.status === 404 || answer.status === 403;
    throw error;
  }

  // Fetches what is new. Asked for while it is under way, it is done once more after.
  async refresh() {
    if (this.fetching) {
      this.again = true;
      return;
    }
    this.fetching = true;
    try {
      do {
        this.again = false;
        this.take(await this.json(`/steps?after=${this.head}`));
      } while (this.again);
      if (!this.live) this.wait = RETRY_FIRST_MS;
      this.hears.trouble(null);
    } catch (error) {
      this.failed(error);
    } finally {
      this.fetching = false;
    }
  }

  failed(error) {
    if (this.ended.signal.aborted) return;
    if (error.gone) {
      this.unlisten();
      this.hears.trouble("This run is not here, or not yours to see.");
      return;
    }
    this.hears.trouble("The timeline cannot be read just now. It is tried again by itself.");
    this.later();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), this.wait);
    this.wait = Math.min(this.wait * 2, RETRY_MOST_MS);
  }

  take(answer) {
    this.head = Math.max(this.head, answer.head);
    this.hears.steps(answer);
    this.stand(answer.live);
  }

  stand(live) {
    this.live = live;
    if (live) this.listen();
    else this.unlisten();
    this.hears.standing(live, this.head);
  }

  listen() {
    if (this.source) return;
    const source = new EventSource(`${this.address}/live?after=${this.head}`);
    this.source = source;
    this.hears.listening();
    source.addEventListener("open", () => (this.wait = RETRY_FIRST_MS));
    source.addEventListener("steps", (event) => this.take(JSON.parse(event.data)));
    source.addEventListener("delta", (event) => this.hears.delta(JSON.parse(event.data)));
    source.addEventListener("head", (event) => this.heard(JSON.parse(event.data)));
    source.addEventListener("end", () => {
      this.unlisten();
      this.refresh();
    });
    // Its own reconnection would ask for what came after the *first* head again.
    source.addEventListener("error", () => {
      if (this.source !== source) return;
      this.unlisten();
      this.later();
    });
  }

  heard({ head, live }) {
    if (head > this.head || !live) this.refresh();
  }

  unlisten() {
    this.source?.close();
    this.source = null;
  }

  close() {
    this.ended.abort();
    clearTimeout(this.timer);
    this.unlisten();
  }
}
