// A small render layer: `h` describes elements, `patch` makes the document like the description.
//
// Text is always text and attributes are always attributes, so data can never become markup. What is
// already in the document stays there where it fits, with its focus, scroll position and selection.

const SVG = "http://www.w3.org/2000/svg";
const PROPERTIES = new Set(["value", "checked", "selected", "disabled", "open", "indeterminate"]);

/**
 * Describe an element. `children` may be nested lists. What is null or false keeps its place, empty:
 * so what stands behind it is still known as the same when it appears or goes.
 */
export function h(tag, props, ...children) {
  return { tag, props: props ?? {}, children: flatten(children, []) };
}

/**
 * Describe a part that keeps its own element: `make(props)` returns { element, update, destroy }.
 * Two widgets are the same if `make` and `key` are.
 */
export function widget(make, props) {
  return { make, tag: make, props: props ?? {}, children: [] };
}

/** Make the content of `parent` what `children` describe. */
export function render(parent, ...children) {
  const wanted = flatten(children, []);
  patchChildren(parent, parent.drawn ?? [], wanted);
  parent.drawn = wanted;
}

function flatten(children, into) {
  for (const child of children) {
    if (Array.isArray(child)) flatten(child, into);
    else if (child === null || child === undefined || typeof child === "boolean") {
      into.push({ text: "" });
    } else into.push(typeof child === "object" ? child : { text: String(child) });
  }
  return into;
}

function isSame(a, b) {
  return a.tag === b.tag && a.props?.key === b.props?.key && "text" in a === "text" in b;
}

function create(node, parent) {
  if ("text" in node) {
    node.element = document.createTextNode(node.text);
  } else if (node.make) {
    node.instance = node.make(node.props);
    node.element = node.instance.element;
  } else {
    const isSvg =
      node.tag === "svg" || (parent.namespaceURI === SVG && parent.tagName !== "foreignObject");
    const element = isSvg
      ? document.createElementNS(SVG, node.tag)
      : document.createElement(node.tag);
    node.element = element;
    patchChildren(element, [], node.children);
    // After the children: a select takes its value from its options.
    patchProps(element, {}, node.props);
  }
  return node.element;
}

function patch(old, node) {
  const element = (node.element = old.element);
  if ("text" in node) {
    if (old.text !== node.text) element.data = node.text;
  } else if (node.make) {
    node.instance = old.instance;
    node.instance.update?.(node.props);
  } else {
    patchChildren(element, old.children, node.children);
    patchProps(element, old.props, node.props);
  }
}

function patchChildren(parent, old, wanted) {
  const pairs = pair(old, wanted);
  const kept = new Set(pairs);
  for (const node of old) if (!kept.has(node)) remove(node);
  let next = parent.firstChild;
  wanted.forEach((node, number) => {
    if (pairs[number] === undefined) create(node, parent);
    else patch(pairs[number], node);
    if (node.element === next) next = next.nextSibling;
    else parent.insertBefore(node.element, next);
  });
}

// Which old node each wanted one was: the one with its key, or at its place, or else the next that
// is like it.
function pair(old, wanted) {
  const keyed = new Map();
  for (const node of old) if (keyOf(node) !== undefined) keyed.set(keyOf(node), node);
  const used = new Set();
  const take = (candidate, node) => {
    if (candidate === undefined || used.has(candidate) || !isSame(candidate, node))
      return undefined;
    used.add(candidate);
    return candidate;
  };
  const pairs = wanted.map((node, number) =>
    take(keyOf(node) === undefined ? old[number] : keyed.get(keyOf(node)), node),
  );
  const others = old.filter((node) => !used.has(node) && keyOf(node) === undefined);
  let at = 0;
  return pairs.map((found, number) => {
    const node = wanted[number];
    if (found !== undefined || keyOf(node) !== undefined) return found;
    const from = others.findIndex((each, place) => place >= at && isSame(each, node));
    if (from < 0) return undefined;
    at = from + 1;
    return take(others[from], node);
  });
}

function keyOf(node) {
  return node.props?.key;
}

function remove(node) {
  node.element.remove();
  release(node);
}

function release(node) {
  node.instance?.destroy?.();
  node.children?.forEach(release);
}

function patchProps(element, old, props) {
  for (const name in old) if (!(name in props)) setProp(element, name, old[name], undefined);
  for (const name in props) {
    if (name === "value" || name === "checked") setLive(element, name, props[name]);
    else if (old[name] !== props[name]) setProp(element, name, old[name], props[name]);
  }
}

function setLive(element, name, value) {
  // What the user types changes the element behind our back: compare with it, not with the last draw.
  if (element[name] !== value) element[name] = value ?? "";
}

function setProp(element, name, old, value) {
  if (name === "key") return;
  if (name.startsWith("on")) {
    const type = name.slice(2).toLowerCase();
    if (old) element.removeEventListener(type, old);
    if (value) element.addEventListener(type, value);
  } else if (name === "style") {
    for (const key in old ?? {}) if (!(key in (value ?? {}))) element.style.removeProperty(key);
    for (const key in value ?? {}) element.style.setProperty(key, value[key]);
  } else if (name === "mounted") {
    if (value && !old) queueMicrotask(() => value(element));
  } else if (PROPERTIES.has(name) && name in element) {
    element[name] = value ?? false;
  } else if (value === undefined || value === null || value === false) {
    element.removeAttribute(name);
  } else {
    element.setAttribute(name, value === true ? "" : String(value));
  }
}
