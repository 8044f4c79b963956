import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./modules.mjs";

const { cellText, isPlain, keyText, parsePlain, plainText } = await load("dynamodb/values.js");
const { ItemChanges } = await load("dynamodb/changes.js");

const ITEM = {
  id: { S: 'a "quoted" ü' },
  n: { N: "12345678901234567890123456789012345678" },
  small: { N: "0.1" },
  yes: { BOOL: true },
  none: { NULL: true },
  list: { L: [{ N: "1" }, { M: { x: { S: "" } } }, { L: [] }] },
  map: { M: {} },
};

test("an item is the same after plain JSON and back", () => {
  assert.deepEqual(parsePlain(plainText(ITEM)), ITEM);
});

test("sets and binary values are not plain", () => {
  assert.ok(isPlain(ITEM));
  for (const value of [
    { SS: ["a"] },
    { NS: ["1"] },
    { B: "AA==" },
    { L: [{ BS: ["AA=="] }] },
    { M: { x: { SS: ["a"] } } },
  ]) {
    assert.ok(!isPlain({ value }));
  }
});

test("what is no object is no item", () => {
  for (const text of ["[]", "1", '"a"', "{", "null"])
    assert.throws(() => parsePlain(text), SyntaxError);
});

test("cells show texts bare and the rest as JSON", () => {
  assert.equal(cellText({ S: "Done" }), "Done");
  assert.equal(cellText({ NS: ["1", "2"] }), "[1,2]");
  assert.equal(cellText(undefined), "");
});

const item = (id, status) => ({ id: { S: id }, Status: { S: status } });
const key = (id) => keyText(item(id), ["id"]);

test("a change is marked with what was there before", () => {
  const changes = new ItemChanges();
  changes.look([item("a", "STARTED")], ["id"], 0);
  assert.equal(changes.markOf(key("a"), 0), undefined);
  changes.look([item("a", "Done"), item("b", "STARTED")], ["id"], 1000);
  assert.deepEqual(changes.markOf(key("a"), 1000).former, { Status: "STARTED" });
  assert.ok(changes.markOf(key("b"), 1000).isNew);
});

test("a mark goes after some seconds", () => {
  const changes = new ItemChanges();
  changes.look([item("a", "STARTED")], ["id"], 0);
  changes.look([item("a", "Done")], ["id"], 1000);
  assert.equal(changes.markOf(key("a"), 60_000), undefined);
  assert.ok(!changes.isMarking);
});

test("the first look at another query marks nothing", () => {
  const changes = new ItemChanges();
  changes.look([item("a", "STARTED")], ["id"], 0);
  changes.reset();
  changes.look([item("b", "STARTED")], ["id"], 1);
  assert.ok(!changes.isMarking);
});
