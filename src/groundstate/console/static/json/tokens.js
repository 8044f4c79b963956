// JSON text as tokens and lines, as it was written: numbers keep all of their digits.

const TOKEN = /\s+|"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]/gy;

// Lists fill lines that fit beside a graph.
const FILL_WIDTH = 46;

/** Why a text is no JSON; null if it is. */
export function faultOf(text) {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return error.message.replace(/^JSON\.parse: /, "");
  }
}

/** The tokens of JSON text: { kind, text }, without blanks; null if it is no JSON. */
export function tokenize(text) {
  if (faultOf(text) !== null) return null;
  return scan(text).filter((token) => token.kind !== "blank");
}

/** The tokens of any text, blanks too; what fits nothing is of the kind `other`. For highlighting. */
export function scan(text) {
  const tokens = [];
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) {
      const end = text.slice(at + 1).search(/[\s"{}[\],:]/);
      const stop = end < 0 ? text.length : at + 1 + end;
      tokens.push({ kind: "other", text: text.slice(at, stop) });
      at = stop;
      continue;
    }
    tokens.push({ kind: kindOf(match[0]), text: match[0] });
    at = TOKEN.lastIndex;
  }
  markKeys(tokens);
  return tokens;
}

/**
 * JSON text as lines: { depth, tokens, end }. `end` is the line that closes what a line opens, or
 * undefined. Short lists and objects without lists or objects in them stay on one line.
 */
export function toLines(text, width = 72) {
  const tokens = tokenize(text);
  if (tokens === null) return null;
  const lines = [];
  const close = closings(tokens);
  let line = { depth: 0, tokens: [] };
  const open = [];
  const breakLine = (depth) => {
    lines.push(line);
    line = { depth, tokens: [] };
  };
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    const isOpening = token.text === "{" || token.text === "[";
    if (isOpening && isFlat(tokens, at, close.get(at), width - 2 * open.length)) {
      const end = close.get(at);
      for (let inner = at; inner <= end; inner += 1) push(line, tokens[inner], true);
      at = end;
    } else if (isOpening) {
      push(line, token);
      open.push(lines.length);
      breakLine(open.length);
    } else if (token.text === "}" || token.text === "]") {
      const from = open.pop();
      if (line.tokens.length > 0) breakLine(open.length);
      line.depth = open.length;
      lines[from].end = lines.length;
      push(line, token);
    } else if (token.text === ",") {
      push(line, token);
      if (!goesOn(tokens, at, line, FILL_WIDTH - 2 * open.length)) breakLine(open.length);
      else line.tokens.push({ kind: "blank", text: " " });
    } else {
      push(line, token);
    }
  }
  lines.push(line);
  return lines;
}

/** JSON text, indented. Text that is no JSON comes back as it is. */
export function format(text) {
  const lines = toLines(text);
  if (lines === null) return text;
  return lines
    .map((line) => "  ".repeat(line.depth) + line.tokens.map((token) => token.text).join(""))
    .join("\n");
}

function kindOf(text) {
  if (text[0] === '"') return "string";
  if (/^\s/.test(text)) return "blank";
  if (text === "true" || text === "false" || text === "null") return "literal";
  if (/^[-\d]/.test(text)) return "number";
  return "mark";
}

function markKeys(tokens) {
  let last = null;
  for (const token of tokens) {
    if (token.text === ":" && last?.kind === "string") last.kind = "key";
    if (token.kind !== "blank") last = token;
  }
}

function closings(tokens) {
  const close = new Map();
  const open = [];
  tokens.forEach((token, at) => {
    if (token.text === "{" || token.text === "[") open.push(at);
    if (token.text === "}" || token.text === "]") close.set(open.pop(), at);
  });
  return close;
}

function isFlat(tokens, from, to, width) {
  if (to === from + 1) return true;
  // An object with more than one member is easier to read over several lines.
  let length = 0;
  let members = 0;
  for (let at = from; at <= to; at += 1) {
    const { text } = tokens[at];
    length += text.length + 1;
    if (length > width) return false;
    if (at > from && (text === "{" || text === "[")) return false;
    if (text === ":") members += 1;
  }
  return members === 0 || (members === 1 && length < 44);
}

// Lists of numbers, texts and the like fill their lines.
function goesOn(tokens, at, line, width) {
  const isScalar = (token) =>
    token !== undefined &&
    (token.kind === "number" || token.kind === "literal" || token.kind === "string");
  const next = tokens[at + 1];
  if (
    !isScalar(tokens[at - 1]) ||
    !isScalar(next) ||
    tokens[at + 2]?.text === ":" ||
    line.tokens[0].kind === "key"
  )
    return false;
  return line.tokens.reduce((sum, token) => sum + token.text.length, next.text.length + 2) <= width;
}

function push(line, token, spaced = false) {
  if (token.text === ":") line.tokens.push({ kind: "mark", text: ": " });
  else if (token.text === "," && spaced) line.tokens.push({ kind: "mark", text: ", " });
  else line.tokens.push(token);
}
