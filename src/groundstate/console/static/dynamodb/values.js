// DynamoDB's attribute values as plain JSON, and back. Numbers keep all of their 38 digits: they are
// never JavaScript numbers here.

import { tokenize } from "../json/tokens.js";

/** An item (attribute values by name) as JSON text without type tags. Sets become lists. */
export function plainText(item) {
  return `{${Object.entries(item)
    .map(([name, value]) => `${JSON.stringify(name)}:${valueText(value)}`)
    .join(",")}}`;
}

/** An attribute value as JSON text. */
function valueText(value) {
  const [type] = Object.keys(value);
  const content = value[type];
  switch (type) {
    case "S":
    case "B":
      return JSON.stringify(content);
    case "N":
      return content;
    case "BOOL":
      return String(content);
    case "NULL":
      return "null";
    case "L":
      return `[${content.map(valueText).join(",")}]`;
    case "M":
      return plainText(content);
    case "NS":
      return `[${content.join(",")}]`;
    default:
      return `[${content.map((each) => JSON.stringify(each)).join(",")}]`;
  }
}

/** An attribute value as it is shown in a cell: texts without quotes. */
export function cellText(value) {
  if (value === undefined) return "";
  return "S" in value ? value.S : valueText(value);
}

/** Whether plain JSON says all that there is to say: no sets, no binary values. */
export function isPlain(item) {
  return Object.values(item).every((value) => {
    const [type] = Object.keys(value);
    if (type === "M") return isPlain(value.M);
    if (type === "L") return value.L.every((each) => isPlain({ each }));
    return ["S", "N", "BOOL", "NULL"].includes(type);
  });
}

/** Plain JSON text of an object as an item. Throws a SyntaxError. */
export function parsePlain(text) {
  JSON.parse(text);
  const tokens = tokenize(text);
  const [value, end] = read(tokens, 0);
  if (!("M" in value) || end !== tokens.length) throw new SyntaxError("An item is a JSON object.");
  return value.M;
}

/** The value for a key of a type (`S`, `N` or `B`), from what somebody typed. */
export function keyValue(type, text) {
  return { [type]: type === "N" ? text.trim() : text };
}

/** A text that is the same for equal keys. */
export function keyText(item, names) {
  return JSON.stringify(names.map((name) => item[name]));
}

function read(tokens, at) {
  const { kind, text } = tokens[at];
  if (kind === "string" || kind === "key") return [{ S: JSON.parse(text) }, at + 1];
  if (kind === "number") return [{ N: text }, at + 1];
  if (text === "null") return [{ NULL: true }, at + 1];
  if (kind === "literal") return [{ BOOL: text === "true" }, at + 1];
  return text === "[" ? readList(tokens, at + 1) : readMap(tokens, at + 1);
}

function readList(tokens, from) {
  const found = [];
  let at = from;
  while (tokens[at].text !== "]") {
    let value;
    [value, at] = read(tokens, at);
    found.push(value);
    if (tokens[at].text === ",") at += 1;
  }
  return [{ L: found }, at + 1];
}

function readMap(tokens, from) {
  const found = {};
  let at = from;
  while (tokens[at].text !== "}") {
    const name = JSON.parse(tokens[at].text);
    // Behind the name stands a colon.
    let value;
    [value, at] = read(tokens, at + 2);
    found[name] = value;
    if (tokens[at].text === ",") at += 1;
  }
  return [{ M: found }, at + 1];
}
