import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./modules.mjs";

// As much of a document as the render layer needs.
class FakeNode {
  constructor(name) {
    this.tagName = name;
    this.namespaceURI = "html";
    this.childNodes = [];
    this.attributes = {};
    this.listeners = {};
    this.parent = null;
  }
  get firstChild() {
    return this.childNodes[0] ?? null;
  }
  get nextSibling() {
    return this.parent.childNodes[this.parent.childNodes.indexOf(this) + 1] ?? null;
  }
  insertBefore(node, next) {
    node.remove();
    const at = next === null ? this.childNodes.length : this.childNodes.indexOf(next);
    this.childNodes.splice(at, 0, node);
    node.parent = this;
  }
  remove() {
    if (this.parent !== null)
      this.parent.childNodes.splice(this.parent.childNodes.indexOf(this), 1);
    this.parent = null;
  }
  setAttribute(name, value) {
    this.attributes[name] = value;
  }
  removeAttribute(name) {
    delete this.attributes[name];
  }
  addEventListener(type, listener) {
    this.listeners[type] = listener;
  }
  removeEventListener(type) {
    delete this.listeners[type];
  }
  get textContent() {
    return this.data ?? this.childNodes.map((node) => node.textContent).join("");
  }
}
globalThis.document = {
  createElement: (name) => new FakeNode(name),
  createElementNS: (_, name) => new FakeNode(name),
  createTextNode: (data) => Object.assign(new FakeNode("#text"), { data }),
};

const { h, render, widget } = await load("core/dom.js");

function draw(root, ...children) {
  render(root, ...children);
  return root.childNodes.filter((node) => node.tagName !== "#text");
}

test("data is text, whatever it looks like", () => {
  const root = new FakeNode("div");
  draw(root, h("p", { title: "<b>" }, "<script>alert(1)</script>"));
  const [p] = root.childNodes;
  assert.deepEqual(
    p.childNodes.map((node) => node.tagName),
    ["#text"],
  );
  assert.equal(p.textContent, "<script>alert(1)</script>");
  assert.equal(p.attributes.title, "<b>");
});

test("elements stay when their text and attributes change", () => {
  const root = new FakeNode("div");
  const [before] = draw(root, h("p", { class: "a", title: "x" }, "one"));
  const [after] = draw(root, h("p", { class: "b" }, "two"));
  assert.equal(after, before);
  assert.deepEqual([after.textContent, after.attributes], ["two", { class: "b" }]);
});

test("what appears and goes leaves its neighbours alone", () => {
  const root = new FakeNode("div");
  const view = (error) => [h("p", {}, "head"), error && h("div", {}, error), h("div", {}, "rest")];
  const [head, rest] = draw(root, view(false));
  const [sameHead, shown, sameRest] = draw(root, view("wrong"));
  assert.deepEqual([sameHead, sameRest], [head, rest]);
  assert.equal(shown.textContent, "wrong");
  assert.deepEqual(draw(root, view(null)), [head, rest]);
});

test("a keyed part that appears leaves those behind it alone", () => {
  const root = new FakeNode("div");
  const view = (open) => [h("p", {}), open && h("dialog", { key: "d" }), h("section", {})];
  const [, section] = draw(root, view(false));
  const [, , same] = draw(root, view(true));
  assert.equal(same, section);
});

test("keyed elements move with their key", () => {
  const root = new FakeNode("ul");
  const list = (...keys) => keys.map((key) => h("li", { key }, key));
  const [a, b, c] = draw(root, list("a", "b", "c"));
  assert.deepEqual(
    draw(root, list("c", "a", "d", "b")).map((node) => node.textContent),
    ["c", "a", "d", "b"],
  );
  assert.deepEqual([root.childNodes[0], root.childNodes[1], root.childNodes[3]], [c, a, b]);
  assert.deepEqual(draw(root, list("b")), [b]);
});

test("listeners are exchanged, not added", () => {
  const root = new FakeNode("div");
  const calls = [];
  const [button] = draw(root, h("button", { onclick: () => calls.push(1) }));
  draw(root, h("button", { onclick: () => calls.push(2) }));
  button.listeners.click();
  assert.deepEqual(calls, [2]);
  draw(root, h("button", {}));
  assert.deepEqual(button.listeners, {});
});

test("what the user has typed is kept if it is what is wanted", () => {
  const root = new FakeNode("div");
  const [input] = draw(root, h("input", { value: "a" }));
  input.value = "typed";
  draw(root, h("input", { value: "typed" }));
  assert.equal(input.value, "typed");
  draw(root, h("input", { value: "b" }));
  assert.equal(input.value, "b");
});

test("a widget keeps its element, is told of changes, and is ended", () => {
  const root = new FakeNode("div");
  const told = [];
  const make = (props) => {
    told.push(`make ${props.n}`);
    return {
      element: new FakeNode("canvas"),
      update: (next) => told.push(`update ${next.n}`),
      destroy: () => told.push("destroy"),
    };
  };
  const [before] = draw(root, h("div", {}, widget(make, { n: 1 })));
  const [after] = draw(root, h("div", {}, widget(make, { n: 2 })));
  assert.equal(after.childNodes[0], before.childNodes[0]);
  draw(root);
  assert.deepEqual(told, ["make 1", "update 2", "destroy"]);
});
