// JSON text for the eye: coloured, and re-indented by changing white space only.
// Owns a lexer. Never parses and writes again: a number, an escape, a repeated key stay as sent.

const JSON_TOKEN = /(\s+)|(-?\d[\d.eE+-]*)|(true|false|null)|([{}[\],:])|([^\s"{}[\],:]+)/y;
const INDENT = "  ";

function looksLikeJson(text) {
  const first = /\S/.exec(text);
  return first !== null && (first[0] === "{" || first[0] === "[");
}

// Yields [kind, text]: kind is space, string, number, word, mark or other. Loses no character.
function* jsonTokens(text) {
  const lexer = new RegExp(JSON_TOKEN);
  while (lexer.lastIndex < text.length) {
    if (text[lexer.lastIndex] === '"') {
      const from = lexer.lastIndex;
      lexer.lastIndex = stringEnd(text, from);
      yield ["string", text.slice(from, lexer.lastIndex)];
      continue;
    }
    const [whole, space, number, word, mark] = lexer.exec(text);
    if (space !== undefined) yield ["space", whole];
    else if (number !== undefined) yield ["number", whole];
    else if (word !== undefined) yield ["word", whole];
    else if (mark !== undefined) yield ["mark", whole];
    else yield ["other", whole];
  }
}

// Just past the quote that ends the string; the text's end where none does.
function stringEnd(text, from) {
  let quote = text.indexOf('"', from + 1);
  while (quote !== -1) {
    let escapes = 0;
    while (text[quote - 1 - escapes] === "\\") escapes += 1;
    if (escapes % 2 === 0) return quote + 1;
    quote = text.indexOf('"', quote + 1);
  }
  return text.length;
}

// The same tokens with our white space in place of theirs. A string before a colon is a key.
function* indentedTokens(text) {
  let depth = 0;
  let before = null; // the piece before, white space left out
  let held = null; // a string that may turn out to be a key
  const line = () => ["space", "\n" + INDENT.repeat(Math.max(depth, 0))];
  for (const [kind, piece] of jsonTokens(text)) {
    if (kind === "space") continue;
    if (held !== null) {
      yield [piece === ":" ? "key" : "string", held];
      held = null;
    }
    const closes = piece === "}" || piece === "]";
    const opened = before === "{" || before === "[";
    if (closes) depth -= 1;
    if (closes !== opened && (closes || opened)) yield line();
    else if (before === ",") yield line();
    else if (before === ":") yield ["space", " "];
    else if (before !== null && !closes && piece !== "," && piece !== ":") yield line();
    before = piece;
    if (kind === "string") {
      held = piece;
      continue;
    }
    yield [kind, piece];
    if (piece === "{" || piece === "[") depth += 1;
  }
  if (held !== null) yield ["string", held];
}

// Takes tokens until about `limit` characters are out, as coloured nodes.
function colouredNodes(tokens, limit) {
  const nodes = document.createDocumentFragment();
  let plain = "";
  let length = 0;
  const flush = () => {
    if (plain) nodes.append(...written(plain));
    plain = "";
  };
  let next;
  while (length < limit && !(next = tokens.next()).done) {
    const [kind, piece] = next.value;
    length += piece.length;
    if (kind === "key" || kind === "string" || kind === "number" || kind === "word") {
      flush();
      nodes.append(element("span", `json-${kind}`, piece));
    } else {
      plain += piece;
    }
  }
  flush();
  return { nodes, finished: length < limit };
}

// What is left of the tokens as plain text in blocks that the browser lays out when they show.
function plainBlocks(tokens, blockLength) {
  const nodes = document.createDocumentFragment();
  let text = "";
  const flush = () => {
    if (text) nodes.append(element("div", "block", text));
    text = "";
  };
  for (const [, piece] of tokens) {
    const atLine = text.length > blockLength && piece.startsWith("\n");
    if (atLine || text.length + piece.length > 2 * blockLength) flush();
    text += atLine ? piece.slice(1) : piece; // the block's own edge is the line break
  }
  flush();
  return nodes;
}

// The same tokens, long ones in pieces: one string may hold a whole picture.
function* bounded(tokens, most) {
  for (const [kind, whole] of tokens) {
    let from = 0;
    while (whole.length - from > most) {
      const pair = whole.codePointAt(from + most - 1) > 0xffff; // not between its two halves
      const to = from + most + (pair ? 1 : 0);
      yield [kind, whole.slice(from, to)];
      from = to;
    }
    yield [kind, from ? whole.slice(from) : whole];
  }
}
