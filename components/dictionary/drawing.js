// JSON as the engine drew it: text in pieces, some of which stand for a thing.
// Owns the nodes. Which piece is lit is dictionary.js's.

const KIND_CLASS = { key: "json-key", string: "json-string", number: "json-number", word: "json-word" };

const HANG = 2; // characters by which what wraps is set in, under its own line

function drawingNodes(drawing, own) {
  const lines = new Lines();
  for (const group of groups(drawing.spans)) {
    const box = group.things.length ? mark(group.things, own) : null;
    if (box) lines.append(box);
    for (const span of group.spans) {
      const made = element("span", KIND_CLASS[span.kind] ?? "", span.text);
      if (box) box.append(made);
      else if (KIND_CLASS[span.kind]) lines.append(made);
      else lines.text(span.text);
      if (span.rest || span.cut) lines.append(fold(span, (box ?? lines.current).lastChild));
    }
  }
  if (drawing.cut) lines.text("\n… too long: it is not shown to its end");
  return lines.nodes;
}

// Text as lines, each of which wraps under itself.
class Lines {
  constructor() {
    this.nodes = document.createDocumentFragment();
    this.begin("");
  }

  begin(text) {
    this.current = element("div", "line");
    const indent = /^ */.exec(text)[0].length + HANG;
    this.current.style.paddingLeft = `${indent}ch`;
    this.current.style.textIndent = `-${indent}ch`;
    this.nodes.append(this.current);
  }

  append(node) {
    this.current.append(node);
  }

  text(text) {
    text.split("\n").forEach((piece, at) => {
      if (at) this.begin(piece);
      this.current.append(piece);
    });
  }
}

// Neighbouring spans of the same things are one mark: a name and its value.
function* groups(spans) {
  let group = null;
  for (const span of spans) {
    const things = span.things ?? [];
    const same = group && things.length && group.name === things.join(" ");
    if (same) group.spans.push(span);
    else {
      if (group) yield group;
      group = { name: things.join(" "), things, spans: [span] };
    }
  }
  if (group) yield group;
}

// Inline, for a button's box would not break across lines as text does.
function mark(things, own) {
  const made = element("span", "mark");
  made.setAttribute("role", "button");
  made.setAttribute("aria-pressed", "false");
  made.tabIndex = 0;
  made.dataset.things = things.join(" ");
  if (things.some((thing) => own.has(thing))) made.classList.add("own");
  return made;
}

function fold(span, shown) {
  const rest = span.rest ?? "";
  if (!rest) return cutNote(span.cut);
  const made = button("more", `… ${countText([...rest].length)} more`, () => {
    shown.textContent += rest;
    made.replaceWith(span.cut ? cutNote(span.cut) : "");
  });
  made.setAttribute("aria-label", `Show ${countText([...rest].length)} more characters`);
  return made;
}

function cutNote(count) {
  return element("span", "cut", `… ${countText(count)} more characters, too many to show here`);
}

function drawingText(drawing) {
  return drawing.spans.map((span) => span.text + (span.rest ?? "")).join("");
}
