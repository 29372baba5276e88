// Draws the chat's bubbles, and the model's words while they arrive.
// Owns no state of the run: bubbles are finished values, the words under way come from
// the timeline's stream.

const STATES = new WeakMap();

export default function ({ parentElement, data }) {
  const state = STATES.get(parentElement) ?? begin(parentElement);
  state.run = data.run;
  state.box.replaceChildren(...data.bubbles.map(bubble));
  state.live = null;
  window.addEventListener("roundtrip-writing", state.listen);
  return () => window.removeEventListener("roundtrip-writing", state.listen);
}

function begin(parentElement) {
  const state = { box: element("div", "chat"), run: null, live: null };
  state.box.setAttribute("role", "log");
  state.box.setAttribute("aria-label", "Conversation");
  state.listen = (event) => grow(state, event.detail);
  parentElement.append(state.box);
  STATES.set(parentElement, state);
  return state;
}

function bubble({ who, title, text, lines = [], after }) {
  const box = element("div", `bubble ${who}`);
  if (title) box.append(element("small", "", title));
  const words = element("p", "", text);
  if (text) box.append(who === "model" ? marked(words, text) : words);
  if (lines.length && who === "model") box.append(request(lines));
  else for (const line of lines) box.append(lineOf(line));
  if (after) box.append(element("p", "after", after));
  return box;
}

// Words as they are, with `code` between backticks set as code. No other markup is read.
function marked(box, text) {
  const pieces = text.split(/`([^`\n]+)`/);
  box.replaceChildren(...pieces.map((piece, at) => (at % 2 ? element("code", "", piece) : piece)));
  return box;
}

// A call is a note: words in quotation marks that run nothing.
function request(lines) {
  const note = element("p", "");
  note.append("“Please run ");
  lines.forEach(({ call }, position) => {
    if (position) note.append(position === lines.length - 1 ? " and " : ", ");
    note.append(element("code", "", call));
  });
  note.append(".”");
  return note;
}

function lineOf({ call, result, is_error }) {
  const line = element("div", "line");
  line.append(element("code", "", call));
  if (result === undefined || result === null) return line;
  line.append(" → ", element("span", is_error ? "error" : "result", result));
  return line;
}

function grow(state, { run, text }) {
  if (run !== state.run || !text) return;
  if (!state.live) {
    const box = bubble({ who: "model", title: "Model is writing" });
    state.live = element("p", "live");
    box.append(state.live);
    state.box.append(box);
  }
  marked(state.live, text);
}

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
