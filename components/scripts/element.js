// Making elements. Everything a person or a model wrote becomes text, never markup. What nobody
// would see and what steers (controls, directions, zero widths, half characters) gets a label, and
// is kept from steering anything but itself. The text stays what it is, also when it is copied.

const UNSEEN = /(?:(?!\r\n|[\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}])+/gu;
const MOST_MARKS = 500; // in one text; after them such characters are drawn as one sign
const MOST_NAMES = 4; // of characters that stand side by side

function written(text) {
  const nodes = [];
  let from = 0;
  for (const { 0: unseen, index } of text.matchAll(UNSEEN)) {
    if (nodes.length > 2 * MOST_MARKS) {
      return [...nodes, text.slice(from).replaceAll(UNSEEN, "\ufffd")];
    }
    nodes.push(text.slice(from, index), labelled(unseen));
    from = index + unseen.length;
  }
  return [...nodes, text.slice(from)];
}

function labelled(unseen) {
  const names = Array.from(unseen.slice(0, 2 * MOST_NAMES), (one) => {
    return `U+${one.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
  });
  const made = document.createElement("span");
  made.className = "unseen";
  made.dataset.names = names.slice(0, MOST_NAMES).join(" ");
  if (names.length > MOST_NAMES) made.dataset.names += " …";
  made.textContent = unseen;
  return made;
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined && text !== null) made.append(...written(String(text)));
  return made;
}
