// The dictionary's rows: a concept, and under it each API's piece, side by side.
// Takes finished values, changes nothing in them.

const COPIED_MS = 2000;
let rowCount = 0; // ids within the page

function rowNode(row, columns) {
  const made = element("section", "row");
  made.dataset.row = row.id;
  const title = element("h3", "", row.title);
  title.id = `rt-dict-${(rowCount += 1)}`;
  made.setAttribute("aria-labelledby", title.id);
  const head = element("div", "row-head");
  head.append(title, element("p", "", row.sentence));
  made.append(head);
  const own = new Set(row.own ?? []);
  const first = row.cells[columns[0].wire];
  first.forEach((said, at) => {
    if (said.label || said.borrowed) made.append(label(said));
    const cells = element("div", "cells");
    for (const { wire, title: name } of columns) cells.append(cell(row.cells[wire][at], wire, name, own));
    made.append(cells);
  });
  return made;
}

function label(said) {
  const made = element("p", "label", said.label ?? "");
  if (said.borrowed) made.append(element("span", "borrowed", "from the worked example"));
  return made;
}

function cell(said, wire, name, own) {
  const made = element("div", "cell");
  made.dataset.wire = wire;
  made.append(element("h4", "cell-title", name));
  if (said.unsaid) made.append(unsaid(said.unsaid));
  for (const fragment of said.fragments ?? []) made.append(fragmentNode(fragment, own));
  for (const note of said.notes ?? []) made.append(element("p", "said-note", sentence(note)));
  return made;
}

function unsaid(words) {
  const made = element("p", "unsaid");
  made.append(icon("block"), element("b", "", "No place for it. "), sentence(words));
  return made;
}

// A wire's note begins small, for it stands behind a path elsewhere.
function sentence(words) {
  const whole = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}

function fragmentNode(fragment, own) {
  const made = element("div", "fragment");
  const head = element("div", "fragment-head");
  head.append(element("code", "path", fragment.path ?? ""), copyPiece(fragment));
  made.append(head);
  if (fragment.events?.length) made.append(eventList(fragment.events, own));
  if (fragment.drawing) {
    const text = element("pre");
    text.append(drawingNodes(fragment.drawing, own));
    made.append(text);
  }
  return made;
}

function eventList(events, own) {
  const list = element("ol", "events");
  for (const event of events) {
    const line = element("li");
    if (event.drawing) {
      if (event.name) line.append(element("span", "event", event.name));
      const text = element("pre");
      text.append(drawingNodes(event.drawing, own));
      line.append(text);
    } else {
      const more = event.skipped === 1 ? "1 event" : `${countText(event.skipped)} events`;
      line.className = "skipped";
      line.textContent = `… ${more} between`;
    }
    list.append(line);
  }
  return list;
}

function copyPiece(fragment) {
  const made = button("copy", null, async () => {
    try {
      await copyText(fragmentText(fragment));
      told.textContent = "Copied";
    } catch (error) {
      told.textContent = `Not copied: ${error.message}`;
    }
    setTimeout(() => (told.textContent = ""), COPIED_MS);
  });
  const told = element("span", "");
  told.setAttribute("role", "status");
  made.append(told, icon("content_copy"));
  made.setAttribute("aria-label", "Copy");
  made.title = "Copy";
  return made;
}

function fragmentText(fragment) {
  if (fragment.drawing) return drawingText(fragment.drawing);
  const lines = fragment.events.filter((event) => event.drawing);
  return lines.map((event) => drawingText(event.drawing)).join("\n");
}
