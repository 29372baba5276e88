// Long words: their first lines, and a button for the rest. All of it stays text.

const MOST_LINES = 40;
const LINE = 44; // characters, about what a line of the chat holds

// Where the first lines end: the text's own length where it has no more than those.
function firstLines(text) {
  let lines = 0;
  let at = 0;
  while (at < text.length) {
    const newline = text.indexOf("\n", at);
    const end = newline < 0 ? text.length : newline;
    lines += Math.max(1, Math.ceil((end - at) / LINE));
    if (lines > MOST_LINES) return cutAt(text, Math.max(at, end - (lines - MOST_LINES) * LINE));
    at = end + 1;
  }
  return text.length;
}

function cutAt(text, at) {
  const halved = at > 0 && text.codePointAt(at - 1) > 0xffff; // a character is not cut in two
  return halved ? at + 1 : at;
}

// The box with its words, which `fill` writes into it, and the button where there are too many.
function folding(box, text, fill) {
  const end = firstLines(text);
  const draw = (open) => fill(box, open || end === text.length ? text : `${text.slice(0, end)} …`);
  draw(false);
  if (end === text.length) return [box];
  const more = button("more", "Show all", () => {
    const open = more.getAttribute("aria-expanded") !== "true";
    more.setAttribute("aria-expanded", String(open));
    more.textContent = open ? "Show less" : "Show all";
    draw(open);
    more.scrollIntoView({ block: "nearest" });
  });
  more.setAttribute("aria-expanded", "false");
  return [box, more];
}
