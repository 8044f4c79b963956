// The graph on the page: panned with the pointer, zoomed with buttons, Ctrl and the wheel or two
// fingers, and walked through with the keyboard: one tab stop, the arrow keys go to neighbours.

import { h, render, widget } from "../core/dom.js";
import { icon } from "../ui/icons.js";
import { drawGraph } from "./draw.js";

const MARGIN = 28;
const SCALE_MIN = 0.08;
const SCALE_MAX = 2.5;
// Smaller than this nobody can read it: a large graph is shown from its beginning instead.
const SCALE_READABLE = 0.66;

/** A graph. `key` tells graphs apart; `follow` is a state to keep in view. */
export function graphView(props) {
  return widget(makeGraph, props);
}

function makeGraph(given) {
  let props = given;
  let view = null;
  let focused = null;
  const element = document.createElement("div");
  element.className = "graph";
  const resized = new ResizeObserver(() => {
    if (view.isFitted) fit();
    draw();
    follow();
  });
  resized.observe(element);

  function box() {
    return { width: element.clientWidth || 600, height: element.clientHeight || 400 };
  }

  function fit() {
    const { width, height } = box();
    const { layout } = props;
    const whole = Math.min(
      1,
      (width - 2 * MARGIN) / layout.width,
      (height - 2 * MARGIN) / layout.height,
    );
    const scale = Math.max(Math.min(1, SCALE_READABLE), whole);
    const isTall = layout.height * scale > height - 2 * MARGIN;
    const isWide = layout.width * scale > width - 2 * MARGIN;
    const start = layout.nodes.find((node) => node.kind === "start") ?? layout.nodes[0];
    view = {
      scale,
      isFitted: true,
      x: isWide
        ? width / 2 - (start.x + start.width / 2) * scale
        : (width - layout.width * scale) / 2,
      y: isTall ? MARGIN : (height - layout.height * scale) / 2,
    };
  }

  function zoom(factor, at = { x: box().width / 2, y: box().height / 2 }) {
    const scale = Math.min(SCALE_MAX, Math.max(SCALE_MIN, view.scale * factor));
    const ratio = scale / view.scale;
    view = {
      scale,
      isFitted: false,
      x: at.x - (at.x - view.x) * ratio,
      y: at.y - (at.y - view.y) * ratio,
    };
    move();
  }

  function showWhole() {
    const { width, height } = box();
    const { layout } = props;
    const scale = Math.max(
      SCALE_MIN,
      Math.min(1, (width - 2 * MARGIN) / layout.width, (height - 2 * MARGIN) / layout.height),
    );
    view = {
      scale,
      isFitted: true,
      x: (width - layout.width * scale) / 2,
      y: (height - layout.height * scale) / 2,
    };
    move();
  }

  function move() {
    element.querySelector(".graph-content")?.setAttribute("transform", transform());
  }

  function transform() {
    return `translate(${view.x.toFixed(1)} ${view.y.toFixed(1)}) scale(${view.scale.toFixed(4)})`;
  }

  function draw() {
    if (view === null) fit();
    const names = props.layout.nodes.filter((node) => node.kind !== "start" && node.kind !== "end");
    if (!names.some((node) => node.id === focused))
      focused = props.selected ?? names[0]?.id ?? null;
    render(
      element,
      h(
        "svg",
        { class: "graph-svg", role: "group", "aria-label": props.label, onkeydown },
        h(
          "g",
          { class: "graph-content", transform: transform() },
          drawGraph(props.layout, { ...props, focused }),
        ),
      ),
      h(
        "div",
        { class: "graph-tools" },
        tool("plus", "Zoom in", () => zoom(1.25)),
        tool("minus", "Zoom out", () => zoom(0.8)),
        tool("fit", "Show the whole graph", showWhole),
      ),
    );
  }

  function onkeydown(event) {
    const state = event.target.closest?.("[data-state]")?.dataset.state;
    if (event.key === "+" || event.key === "=") zoom(1.25);
    else if (event.key === "-") zoom(0.8);
    else if (event.key === "0") showWhole();
    else if (state !== undefined && (event.key === "Enter" || event.key === " "))
      props.onselect?.(state);
    else if (state !== undefined && event.key.startsWith("Arrow"))
      focus(neighbour(props.layout.nodes, state, event.key));
    else return;
    event.preventDefault();
  }

  function focus(id) {
    if (id === null) return;
    focused = id;
    draw();
    const node = props.layout.nodes.find((each) => each.id === id);
    reveal(node);
    element.querySelector(`[data-state="${CSS.escape(id)}"]`)?.focus({ preventScroll: true });
  }

  // Keep the state that was entered last in view, until somebody moves the graph.
  function follow() {
    const node = props.layout.nodes.find((each) => each.id === props.follow);
    if (node === undefined || !view.isFitted) return;
    reveal(node);
    view.isFitted = true;
  }

  function reveal(node) {
    const { width, height } = box();
    const left = node.x * view.scale + view.x;
    const top = node.y * view.scale + view.y;
    const right = left + node.width * view.scale;
    const bottom = top + node.height * view.scale;
    if (left >= 0 && top >= 0 && right <= width && bottom <= height) return;
    view = {
      ...view,
      isFitted: false,
      x: width / 2 - (node.x + node.width / 2) * view.scale,
      y: height / 2 - (node.y + Math.min(node.height, height / view.scale) / 2) * view.scale,
    };
    move();
  }

  const pointers = new Map();
  let dragged = false;
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.target.closest(".graph-tools")) return;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    dragged = false;
  });
  element.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (before === undefined) return;
    const step = { x: event.clientX - before.x, y: event.clientY - before.y };
    if (!dragged && Math.hypot(step.x, step.y) < 4) return;
    if (!dragged) element.setPointerCapture(event.pointerId);
    dragged = true;
    element.classList.add("is-dragged");
    const others = [...pointers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
    if (others.length === 1) pinch(before, { x: event.clientX, y: event.clientY }, others[0]);
    else {
      view = { ...view, isFitted: false, x: view.x + step.x, y: view.y + step.y };
      move();
    }
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  const release = (event) => {
    pointers.delete(event.pointerId);
    element.classList.remove("is-dragged");
  };
  element.addEventListener("pointerup", release);
  element.addEventListener("pointercancel", release);
  element.addEventListener(
    "click",
    (event) => {
      // The end of a drag is no click on the state under the pointer.
      if (dragged) event.stopPropagation();
      dragged = false;
    },
    true,
  );
  element.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const area = element.getBoundingClientRect();
      zoom(Math.exp(-event.deltaY * 0.004), {
        x: event.clientX - area.left,
        y: event.clientY - area.top,
      });
    },
    { passive: false },
  );

  function pinch(before, after, other) {
    const area = element.getBoundingClientRect();
    const factor =
      Math.hypot(after.x - other.x, after.y - other.y) /
      Math.max(1, Math.hypot(before.x - other.x, before.y - other.y));
    zoom(factor, { x: (after.x + other.x) / 2 - area.left, y: (after.y + other.y) / 2 - area.top });
  }

  draw();
  follow();
  return {
    element,
    update(next) {
      const isOther = next.layout !== props.layout;
      const goesOn = next.follow !== props.follow;
      props = next;
      if (isOther) view = null;
      draw();
      if (goesOn) follow();
    },
    destroy() {
      resized.disconnect();
    },
  };
}

function tool(name, label, onclick) {
  return h(
    "button",
    { type: "button", class: "icon-button", title: label, "aria-label": label, onclick },
    icon(name),
  );
}

/** The nearest state in the direction of an arrow key; null if there is none. */
export function neighbour(nodes, from, key) {
  const [dx, dy] = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[
    key
  ];
  const start = nodes.find((node) => node.id === from);
  const [startX, startY] = anchor(start);
  let best = null;
  let least = Infinity;
  for (const node of nodes) {
    if (node === start || node.kind === "start" || node.kind === "end") continue;
    // What is around a state is above it, not beside it.
    if (dx !== 0 && contains(node, start)) continue;
    const [x, y] = anchor(node);
    const along = (x - startX) * dx + (y - startY) * dy;
    const cost = along + 2 * (Math.abs((x - startX) * dy) + Math.abs((y - startY) * dx));
    if (along > 1 && cost < least) {
      least = cost;
      best = node.id;
    }
  }
  return best;
}

function anchor(node) {
  return [node.x + node.width / 2, node.y + (node.head ?? node.height) / 2];
}

function contains(outer, inner) {
  return (
    outer.x <= inner.x &&
    outer.y <= inner.y &&
    outer.x + outer.width >= inner.x + inner.width &&
    outer.y + outer.height >= inner.y + inner.height
  );
}
