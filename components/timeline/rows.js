// One row of the timeline: the step as a button, its note, the heading of its round trip.
// Takes finished steps. Owns how a step looks and nothing of what it means.

const LONGEST = 600; // characters of one piece of a row

const NOT_RUN = new Set([
  "unknown_tool",
  "invalid_json",
  "invalid_arguments",
  "not_allowed",
  "refused",
]);

// Where the arrow goes (lanes) and which of its ends have a head.
const ARROWS = {
  ask: "ma l",
  return: "ma l",
  stop: "ma r",
  answer: "ma r",
  run: "at l r",
};

// A turn that a person or a limit of theirs ended: nothing went wrong.
const ENDED = {
  person: ["STOPPED", "stop_circle"],
  gave_up: ["STOPPED", "stop_circle"],
  round_trips: ["CAP", "speed"],
  tokens: ["CAP", "speed"],
  money: ["CAP", "speed"],
  seconds: ["CAP", "speed"],
  repetition: ["CAP", "repeat"],
};

const SIGNAL_CLASS = { end: "ok", tool_calls: "stop", paused: "stop" };

function newItem(step) {
  const item = element("div", "item");
  item.dataset.seq = step.seq;
  const row = element("button", "step");
  row.type = "button";
  row.setAttribute("aria-expanded", "false");
  item.append(element("div", "headings"), row);
  return item;
}

// Draws the step anew into its item. `previous` is the step above it, or null.
function drawItem(item, step, previous) {
  drawHeadings(item.querySelector(".headings"), step, previous);
  const row = item.querySelector(".step");
  row.dataset.phase = step.phase;
  row.dataset.standing = step.standing;
  const ended = endedBy(step);
  const failed = step.is_error || step.phase === "error" || step.standing === "failed";
  row.classList.toggle("bad", failed && !ended);
  row.classList.toggle("ended", Boolean(ended));
  row.replaceChildren(phaseLabel(step), track(step), figures(step));
  item.querySelector(":scope > .note")?.remove();
  const trouble = step.phase === "error" && !ended;
  if (step.note) row.after(element("p", trouble ? "note bad" : "note", step.note));
}

function endedBy(step) {
  return step.phase === "error" && !step.failure ? ENDED[step.error_kind] : undefined;
}

function drawHeadings(box, step, previous) {
  box.replaceChildren();
  if (!previous || previous.turn !== step.turn) {
    box.append(element("h3", "turn", `Turn ${step.turn}`));
  }
  const moved = !previous || previous.turn !== step.turn || previous.round_trip !== step.round_trip;
  if (moved && step.round_trip > 0) {
    box.append(element("h4", "rt", `Round trip ${step.round_trip}`));
  }
}

function phaseLabel(step) {
  const label = element("span", "phase");
  if (step.number !== null) label.append(element("span", "", `${step.number} `));
  label.append(element("span", "", endedBy(step)?.[0] ?? step.phase.toUpperCase()));
  return label;
}

function track(step) {
  const lane = step.phase === "run" ? "at" : step.phase in ARROWS ? "ma" : "mid";
  const made = element("span", `track ${lane}`);
  const say = element("span", "say");
  if (step.stop) say.append(...badge(step), " ");
  if (step.phase === "error") say.append(icon(endedBy(step)?.[1] ?? "error"));
  if (step.standing === "ready") say.append(element("span", "badge ready", "ready, not sent"), " ");
  if (step.scripted) say.append(element("span", "badge scripted", "scripted"), " ");
  say.append(...words(step));
  if (step.speaks) say.append(element("span", "speaks", brief(step.speaks)));
  made.append(say);
  const reached = step.phase !== "run" || !NOT_RUN.has(step.error_kind);
  if (step.phase in ARROWS && reached) made.append(element("i", `ar ${ARROWS[step.phase]}`));
  return made;
}

// The provider's spelling and ours; ours is left out only where it is the same word.
function badge(step) {
  const { signal, provider } = step.stop;
  const field = step.stop_field ? `${step.stop_field}: ` : "";
  const words = field + brief(provider ?? "none came");
  const made = element("span", `badge ${SIGNAL_CLASS[signal] ?? "odd"}`, words);
  if (provider === signal) return [made];
  return [made, " ", element("span", "ours", `= ${signal}`)];
}

// What a model says stands in quotation marks, whether it asks or answers; asides are ours.
function words(step) {
  const drawn = (segment) => piece(segment, step);
  const said = step.line.filter((segment) => segment.kind !== "aside").map(drawn);
  const ours = step.line.filter((segment) => segment.kind === "aside").map(drawn);
  const asks = step.phase === "stop" && said.length > 0;
  const quoted = asks && !step.line.some((segment) => segment.kind === "quote");
  return quoted ? ["“", ...said, "”", ...ours] : [...said, ...ours];
}

function piece({ kind, text }, step) {
  if (kind === "countdown" && step.retry_at !== null) return countdown(step, text);
  const made = element(kind === "code" ? "code" : "bdi", kind === "aside" ? "aside" : "", brief(text));
  if (kind !== "quote") return made;
  const quoted = document.createDocumentFragment();
  quoted.append("“", made, "”");
  return quoted;
}

// A row is for looking over; the whole of it is behind it.
function brief(text) {
  if (text.length <= LONGEST) return text;
  return `${text.slice(0, LONGEST)} … (${countText(text.length)} characters in all)`;
}

function figures(step) {
  const made = element("span", "figures");
  for (const line of figureLines(step)) made.append(element("span", "", line), " ");
  return made;
}

function figureLines(step) {
  const lines = [];
  if (step.tokens_estimated !== null) lines.push(`≈ ${countText(step.tokens_estimated)} a request`);
  if (step.standing === "ready") lines.push("not sent");
  lines.push(...usageLines(step));
  if (step.cost && step.cost.usd !== null) {
    lines.push(moneyText(step.cost.usd) + (step.cost.notional ? " notional" : ""));
  }
  if (step.elapsed_s !== null) lines.push(secondsText(step.elapsed_s));
  if (step.parallel) lines.push("in parallel");
  return [...lines, ...changeLines(step.changes)];
}

function changeLines(changes) {
  const known = changes.filter((change) => change.before).length;
  const fresh = changes.length - known;
  const lines = fresh ? [fresh === 1 ? "1 change" : `${countText(fresh)} changes`] : [];
  if (known) lines.push(fresh ? `${countText(known)} as before` : `${countText(known)} changed as before`);
  return lines;
}

function usageLines(step) {
  const replied = step.phase === "stop" || step.phase === "answer";
  const usage = step.usage;
  if (!usage) return replied ? ["tokens unknown"] : [];
  const lines = [];
  if (replied) lines.push(`${countText(usage.output)} out`);
  else lines.push(`${countText(usage.input)} in`);
  if (usage.reasoning) lines.push(`${countText(usage.reasoning)} of it thought`);
  if (usage.cache_read) lines.push(`${countText(usage.cache_read)} from cache`);
  if (usage.cache_write) lines.push(`${countText(usage.cache_write)} to cache`);
  return lines;
}

function measured(count, name) {
  return count === null ? name : `${name}, measured`;
}

function drawSummary(list, summary) {
  const { usage } = summary;
  const cached = usage.cache_read ? ` + ${countText(usage.cache_read)} from cache` : "";
  const price = summary.notional ? "notional (simulated)" : "cost";
  const entries = [
    [countText(summary.model_calls), summary.model_calls === 1 ? "model call" : "model calls"],
    [countText(summary.tools_run), summary.tools_run === 1 ? "tool run" : "tools run"],
    [countText(usage.input), measured(usage.input, "input tokens") + cached],
    [countText(usage.output), measured(usage.output, "output tokens")],
    [moneyText(summary.cost_usd), summary.cost_usd === null ? "cost" : price],
    [secondsText(summary.seconds), "in all"],
  ];
  list.replaceChildren(
    ...entries.map(([value, name]) => {
      const entry = element("div");
      entry.append(element("dt", "", name), element("dd", "", value));
      return entry;
    }),
  );
  list.hidden = summary.model_calls === 0; // nothing is known yet, and nothing is claimed
}
