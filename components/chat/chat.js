// Draws the chat's bubbles, and the model's words while they arrive.
// Owns no state of the run: bubbles are finished values fetched from the run's route, the words
// under way come from the timeline's stream.

const states = new WeakMap();
const AGAIN_MS = 1000;

export default function chat({ parentElement, data }) {
  const state = states.get(parentElement) ?? begin(parentElement);
  const news = `${data.run} ${data.head} ${data.token}`;
  if (data.run !== state.run) draw(state, []);
  state.run = data.run;
  if (news !== state.news) refresh(state, news);
  window.addEventListener("roundtrip-writing", state.listen);
  return () => {
    window.removeEventListener("roundtrip-writing", state.listen);
    clearTimeout(state.timer);
    state.news = null;
  };
}

function begin(parentElement) {
  const state = { box: element("div", "chat"), run: null, news: null, drawn: [], live: null };
  state.box.setAttribute("role", "log");
  state.box.setAttribute("aria-label", "Conversation");
  state.listen = (event) => grow(state, event.detail);
  parentElement.append(state.box);
  states.set(parentElement, state);
  return state;
}

// Fetches the bubbles; what was asked for meanwhile wins over what comes late.
async function refresh(state, news) {
  clearTimeout(state.timer);
  state.news = news;
  const address = `${appRoot()}api/runs/${encodeURIComponent(state.run)}/chat`;
  try {
    const answer = await fetch(address, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
    const { bubbles } = await answer.json();
    if (state.news === news) draw(state, bubbles);
  } catch {
    if (state.news === news) state.timer = setTimeout(() => refresh(state, news), AGAIN_MS);
  }
}

// Only bubbles that changed are drawn anew: a selection stays, and nothing is read out twice.
function draw(state, bubbles) {
  endWriting(state);
  const wanted = bubbles.map((one) => JSON.stringify(one));
  wanted.forEach((one, at) => {
    if (one === state.drawn[at]) return;
    const made = bubble(bubbles[at]);
    if (state.box.children[at]) state.box.children[at].replaceWith(made);
    else state.box.append(made);
  });
  while (state.box.children.length > wanted.length) state.box.lastElementChild.remove();
  state.drawn = wanted;
}

function bubble({ who, title, text, lines = [], after, mark }) {
  const box = element("div", `bubble ${who}`);
  if (title) box.append(element("small", "", title));
  if (text) box.append(...folding(element("p"), text, who === "model" ? marked : plain));
  if (lines.length && who === "model") box.append(request(lines));
  else for (const line of lines) box.append(lineOf(line));
  if (after) box.append(element("p", "after", after));
  if (mark) box.append(element("p", "mark", mark));
  return box;
}

function plain(box, text) {
  box.replaceChildren(...written(text));
}

// Words as they are, with `code` between backticks set as code. No other markup is read.
function marked(box, text) {
  const pieces = text.split(/`([^`\n]+)`/);
  const nodes = pieces.flatMap((piece, at) => (at % 2 ? element("code", "", piece) : written(piece)));
  box.replaceChildren(...nodes);
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

function lineOf({ call, changed, result, is_error }) {
  const line = element("div", "line");
  if (changed) line.append("asked for ", element("code", "", call), "; you changed it to ");
  line.append(element("code", "", changed ?? call));
  if (result === undefined || result === null) return line;
  line.append(" → ", ...folding(element("span", is_error ? "error" : "result"), result, plain));
  return line;
}

// The reply under way, redrawn at most once a frame.
function grow(state, { run, text }) {
  if (run !== state.run || !text) return;
  if (!state.live) {
    const box = bubble({ who: "model", title: "Model is writing" });
    const words = element("p", "live");
    box.append(words);
    state.box.append(box);
    state.live = { box, words, frame: 0 };
  }
  const { live } = state;
  live.text = text;
  live.frame ||= requestAnimationFrame(() => {
    live.frame = 0;
    marked(live.words, live.text);
  });
}

function endWriting(state) {
  if (!state.live) return;
  cancelAnimationFrame(state.live.frame);
  state.live.box.remove();
  state.live = null;
}
