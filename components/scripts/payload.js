// An opened row: its tabs and what each shows. Takes finished panels, changes nothing in them.

const FIRST_PART = 200_000; // characters; a 5 MB body opens as quickly as a small one
const BLOCK = 64_000; // characters of what "show all" adds, laid out only when it shows
const FIRST_ROWS = 200;
const FIRST_VALUE = 20_000; // characters of one value among many
let panelCount = 0; // ids within the page

// Fills `box` with tabs. `chosen` is the name of the tab to show, where there is one of it.
function showPanels(box, panels, chosen, onChoose) {
  const tabs = element("div", "tabs");
  tabs.setAttribute("role", "tablist");
  const view = element("div", "view");
  view.setAttribute("role", "tabpanel");
  view.id = `rt-view-${(panelCount += 1)}`;
  const choose = (position, focus) => {
    [...tabs.children].forEach((tab, at) => {
      tab.setAttribute("aria-selected", String(at === position));
      tab.tabIndex = at === position ? 0 : -1;
    });
    if (focus) tabs.children[position].focus();
    view.setAttribute("aria-label", panels[position].name);
    view.replaceChildren(panelView(panels[position]));
    onChoose(panels[position].name);
  };
  panels.forEach((panel, position) => {
    const tab = button("tab", panel.name, () => choose(position, false));
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", view.id);
    tabs.append(tab);
  });
  tabs.addEventListener("keydown", (event) => {
    const at = [...tabs.children].indexOf(event.target);
    const last = panels.length - 1;
    const to = { ArrowLeft: at ? at - 1 : last, ArrowRight: at < last ? at + 1 : 0, Home: 0, End: last };
    if (at < 0 || !(event.key in to)) return;
    event.preventDefault();
    event.stopPropagation();
    choose(to[event.key], true);
  });
  box.replaceChildren(tabs, view);
  choose(Math.max(0, panels.findIndex((panel) => panel.name === chosen)), false);
}

function panelView(panel) {
  const made = document.createDocumentFragment();
  if (panel.note) made.append(element("p", "panel-note", panel.note));
  if (panel.kind === "body" || panel.kind === "text") made.append(...textView(panel));
  else if (panel.kind === "events") made.append(titleBar(panel), eventsView(panel.rows));
  else if (panel.kind === "changes") made.append(changesView(panel.rows));
  else if (panel.kind === "decision") made.append(decisionView(panel.decision));
  else made.append(titleBar(panel), pairsView(panel.rows));
  return made;
}

function titleBar(panel) {
  const bar = element("div", "bar");
  if (panel.title) bar.append(element("code", "title", panel.title));
  return bar;
}

// The text with its size, a copy button that gives exactly it, and for JSON two ways to see it.
function textView(panel) {
  const bar = titleBar(panel);
  const code = element("pre");
  code.tabIndex = 0;
  const text = panel.text ?? "";
  if (panel.size !== null && panel.size !== undefined) {
    bar.append(element("span", "size", sizeText(panel.size)));
  }
  const draw = (pretty) => drawText(code, text, pretty);
  if (panel.encoding !== "base64" && looksLikeJson(text)) {
    bar.append(prettySwitch(panel.kind === "body" ? "Exact bytes" : "As it is", draw));
    draw(true);
  } else {
    draw(false);
  }
  bar.append(copyButton(text));
  if (!text) code.textContent = panel.size === 0 ? "(no bytes)" : "(empty)";
  return [bar, code];
}

function prettySwitch(exactName, draw) {
  const group = element("span", "switch");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "How the text is shown");
  const choose = (pretty) => {
    indented.setAttribute("aria-pressed", String(pretty));
    exact.setAttribute("aria-pressed", String(!pretty));
  };
  const indented = button("", "Indented", () => (choose(true), draw(true)));
  const exact = button("", exactName, () => (choose(false), draw(false)));
  indented.title = "Only white space between the values is changed";
  exact.title = "Every character as it is";
  choose(true);
  group.append(indented, exact);
  return group;
}

function copyButton(text) {
  const made = button("copy", null, async () => {
    try {
      await copyText(text);
      label.textContent = "Copied";
    } catch (error) {
      label.textContent = `Not copied: ${error.message}`;
    }
    setTimeout(() => (label.textContent = "Copy"), 2000);
  });
  const label = element("span", "", "Copy");
  made.append(icon("content_copy"), label);
  made.title = "Copies the exact text";
  return made;
}

function drawText(code, text, pretty, first = FIRST_PART) {
  const most = Math.min(BLOCK, first);
  const tokens = bounded(pretty ? indentedTokens(text) : [["plain", text]], most);
  const { nodes, finished } = colouredNodes(tokens, first);
  code.replaceChildren(nodes);
  if (finished) return;
  const rest = text.length > first ? `Show all (${sizeText(text.length)})` : "Show all";
  const more = button("more", rest.replace("bytes", "characters"), () => {
    more.replaceWith(plainBlocks(tokens, BLOCK));
  });
  code.append(more);
}

function pairsView(rows) {
  if (!rows.length) return element("p", "panel-note", "None.");
  const list = element("dl", "pairs");
  for (const row of rows) list.append(element("dt", "", row.name), valueView("dd", row.value));
  return list;
}

function valueView(tag, value) {
  const made = element(tag);
  drawText(made, value, false, FIRST_VALUE);
  return made;
}

function eventsView(rows) {
  const list = element("ol", "events");
  const add = (from, to) => {
    for (const row of rows.slice(from, to)) {
      const line = element("li");
      line.append(
        element("span", "at", row.at_s === null ? "time unknown" : `${row.at_s.toFixed(3)} s`),
        element("span", "event", row.event ?? "message"),
        valueView("code", row.data),
      );
      list.append(line);
    }
  };
  add(0, FIRST_ROWS);
  if (!rows.length) return element("p", "panel-note", "No events came.");
  if (rows.length > FIRST_ROWS) {
    const item = element("li");
    item.append(
      button("more", `Show all ${countText(rows.length)} events`, () => {
        item.remove();
        add(FIRST_ROWS, rows.length);
      }),
    );
    list.append(item);
  }
  return list;
}

// What the request before could not say either is a number that opens.
function changesView(rows) {
  const made = document.createDocumentFragment();
  const fresh = rows.filter((row) => !row.before);
  const known = rows.filter((row) => row.before);
  if (fresh.length) made.append(changeList(fresh));
  if (!known.length) return made;
  const rest = element("details", "known");
  rest.append(element("summary", "", `${countText(known.length)} as in the request before`));
  rest.append(changeList(known));
  made.append(rest);
  return made;
}

function changeList(rows) {
  const list = element("dl", "pairs");
  for (const row of rows) {
    list.append(element("dt", "", row.place), element("dd", "", row.what));
  }
  return list;
}
