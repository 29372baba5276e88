// The dictionary: point at a field and its twins light up in every column.
// Called again at every rerun of the page with data {columns, rows, meanings}; what it holds
// between calls lies in `views`, by the root it draws into. It reports nothing.

const views = new WeakMap();
const HINT = "Point at an underlined field, or click it: its twins light up in every column.";

class DictionaryView {
  constructor(root) {
    this.root = root;
    this.meaning = root.querySelector(".meaning");
    this.heads = root.querySelector(".heads");
    this.rows = root.querySelector(".rows");
    this.pinned = null; // the thing that was clicked
    this.pointed = null; // the thing under the pointer, or in focus
    this.wire = null; // the column that a narrow page shows
    this.shown = null;
    this.rows.addEventListener("pointerover", (event) => this.point(event.target));
    this.rows.addEventListener("pointerleave", () => this.point(null));
    this.rows.addEventListener("focusin", (event) => this.point(event.target));
    this.rows.addEventListener("focusout", () => this.point(null));
    this.rows.addEventListener("click", (event) => this.pin(event.target));
    root.addEventListener("keydown", (event) => this.key(event));
  }

  update(data) {
    const news = JSON.stringify(data);
    if (news === this.shown) return;
    this.shown = news;
    this.data = data;
    this.pinned = this.pointed = null;
    this.words = new Map();
    this.heads.replaceChildren(...data.columns.map((column) => this.head(column)));
    this.rows.replaceChildren(...data.rows.map((row) => rowNode(row, data.columns)));
    this.marks = [...this.rows.querySelectorAll(".mark")].map((node) => ({
      node,
      things: node.dataset.things.split(" "),
    }));
    const known = data.columns.some(({ wire }) => wire === this.wire);
    this.choose(known ? this.wire : data.columns[0].wire);
    this.light();
  }

  head({ wire, title, address }) {
    const made = element("div", "head");
    made.dataset.wire = wire;
    const pick = button("pick", title, () => this.choose(wire));
    const word = element("p", "word");
    this.words.set(wire, word);
    made.append(pick, element("h3", "title", title), element("code", "address", address), word);
    return made;
  }

  // On a narrow page one column shows at a time.
  choose(wire) {
    this.wire = wire;
    for (const node of this.root.querySelectorAll(".cell, .head")) {
      const here = node.dataset.wire === wire;
      node.classList.toggle("here", here);
      node.querySelector(".pick")?.setAttribute("aria-pressed", String(here));
    }
  }

  thingAt(target) {
    return target?.closest?.(".mark")?.dataset.things.split(" ")[0] ?? null;
  }

  point(target) {
    const thing = this.thingAt(target);
    if (thing === this.pointed) return;
    this.pointed = thing;
    this.light();
  }

  pin(target) {
    const thing = this.thingAt(target);
    if (!thing) return;
    this.pinned = thing === this.pinned ? null : thing;
    this.light();
  }

  key(event) {
    if (event.key === "Escape" && this.pinned) this.pinned = null;
    else if ((event.key === "Enter" || event.key === " ") && this.thingAt(event.target)) {
      event.preventDefault();
      this.pin(event.target);
      return;
    } else return;
    this.light();
  }

  light() {
    const thing = this.pointed ?? this.pinned;
    for (const { node, things } of this.marks) {
      node.classList.toggle("lit", thing !== null && things.includes(thing));
      node.setAttribute("aria-pressed", String(things[0] === this.pinned));
    }
    const meaning = this.data.meanings[thing];
    this.root.classList.toggle("telling", Boolean(meaning));
    this.meaning.textContent = meaning ? sentence(meaning.words) : HINT;
    for (const [wire, word] of this.words) this.say(word, meaning?.twins[wire]);
  }

  // The wire's own words for the thing, in its column's head.
  say(word, twin) {
    word.replaceChildren();
    word.classList.toggle("none", Boolean(twin?.unsaid));
    word.title = twin?.unsaid ?? "";
    if (!twin) return;
    if (twin.unsaid) {
      word.append("no word for it");
      return;
    }
    twin.names.forEach((name, at) => {
      if (at) word.append(" → ");
      word.append(element("code", "", name));
    });
    if (twin.note) word.append(element("span", "aside", ` ${twin.note}`));
  }
}

export default function dictionary({ data, parentElement }) {
  const root = parentElement.querySelector(".dict");
  let view = views.get(parentElement);
  if (!view || view.root !== root) {
    view = new DictionaryView(root);
    views.set(parentElement, view);
  }
  view.update(data);
}
