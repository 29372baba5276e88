// The row of a reply that is still arriving: provisional, marked "live", gone when the step stands.

const SHOWN = 600; // characters of each part; the end of it is what is new

class LiveRow {
  constructor() {
    this.item = null;
    this.exchange = null;
    this.parts = new Map();
    this.frame = 0;
  }

  // Takes one delta {exchange, kind, index, text}; draws at most once a frame.
  take(delta, rows) {
    if (this.exchange !== delta.exchange) this.clear();
    this.exchange = delta.exchange;
    const part = this.parts.get(delta.index) ?? { kind: delta.kind, name: "", text: "" };
    if (delta.kind === "call") Object.assign(part, { kind: "call", name: part.name + delta.text });
    else part.text += delta.text;
    this.parts.set(delta.index, part);
    if (!this.frame) this.frame = requestAnimationFrame(() => this.draw(rows));
  }

  draw(rows) {
    this.frame = 0;
    if (!this.item) {
      this.item = element("div", "item live");
      const row = element("div", "step");
      row.dataset.phase = "stop";
      row.dataset.standing = "live";
      this.say = element("span", "say");
      const lane = element("span", "track ma");
      lane.append(this.say, element("i", `ar ${ARROWS.stop}`));
      row.append(element("span", "phase", "LIVE"), lane, element("span", "figures", "arriving"));
      this.item.append(row);
    }
    if (this.item.parentNode !== rows || this.item.nextSibling) rows.append(this.item);
    const ordered = [...this.parts.entries()].sort((one, other) => one[0] - other[0]);
    this.say.replaceChildren(...ordered.map(([, part]) => this.partView(part)));
  }

  partView(part) {
    const tail = part.text.length > SHOWN ? `…${part.text.slice(-SHOWN)}` : part.text;
    if (part.kind === "thinking") return element("em", "thinking", tail);
    if (part.kind === "text") return element("span", "", `“${tail}`);
    return element("code", "arriving", `${part.name}(${tail}`);
  }

  // What the person will read of it, as far as it has come.
  words() {
    return [...this.parts.values()]
      .filter((part) => part.kind === "text")
      .map((part) => part.text)
      .join("");
  }

  clear() {
    if (this.frame) cancelAnimationFrame(this.frame);
    this.item?.remove();
    this.item = null;
    this.frame = 0;
    this.exchange = null;
    this.parts.clear();
  }
}
