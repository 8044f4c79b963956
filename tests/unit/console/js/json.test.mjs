import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./modules.mjs";

const { faultOf, format, scan, toLines } = await load("json/tokens.js");

test("numbers keep all of their digits", () => {
  const text = '{"n":12345678901234567890.12345678901234567890,"e":1E+5}';
  assert.match(format(text), /12345678901234567890\.12345678901234567890/);
  assert.match(format(text), /1E\+5/);
});

test("formatting changes nothing but blanks", () => {
  for (const value of [
    null,
    1,
    'a\\"b\n',
    [],
    {},
    [[]],
    [{}],
    { a: [1, 2, { b: null }], "": { "": "" } },
    Array.from({ length: 100 }, (_, at) => at),
  ]) {
    const formatted = format(JSON.stringify(value));
    assert.deepEqual(JSON.parse(formatted), value);
    assert.equal(format(formatted), formatted);
  }
});

test("what is no JSON stays as it is, and is named", () => {
  assert.equal(format("{nope"), "{nope");
  assert.equal(toLines("{"), null);
  assert.notEqual(faultOf("{"), null);
  assert.equal(faultOf("[1]"), null);
});

test("any text can be coloured without a loss", () => {
  for (const text of ['{"a": tru', '"open', "\u0000{]", "", "{'a': 1}", '{"a":"\\"}']) {
    assert.equal(
      scan(text)
        .map((token) => token.text)
        .join(""),
      text,
    );
  }
});

test("keys are told from texts", () => {
  const kinds = scan('{"a": "b"}')
    .filter((token) => token.kind !== "blank")
    .map((token) => token.kind);
  assert.deepEqual(kinds, ["mark", "key", "mark", "string", "mark"]);
});

test("a line that opens knows the line that closes", () => {
  const lines = toLines('{"a": {"b": 1, "c": 2}, "d": 3}');
  assert.equal(lines[0].end, lines.length - 1);
  assert.equal(lines[lines[1].end].tokens[0].text, "}");
});
