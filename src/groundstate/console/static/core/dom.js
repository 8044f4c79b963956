// A small render layer: `h` describes elements, `patch` makes the document like the description.
//
// Text is always text and attributes are always attributes, so data can never become markup. What is
// already in the document stays there where it fits, with its focus, scroll position and selection.

const SVG = "http://www.w3.org/2000/svg";
const PROPERTIES = new Set(["value", "checked", "selected", "disabled", "open", "indeterminate"]);

/** Describe an element. `children` may be nested lists; null and false are left out. */
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
    else if (child !== null && child !== undefined && child !== false && child !== true) {
      into.push(typeof child === "object" ? child : { text: String(child) });
    }
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
  const keyed = new Map();
  for (const node of old) if (node.props?.key !== undefined) keyed.set(node.props.key, node);
  const used = new Set();
  let at = 0;
  const pairs = wanted.map((node) => {
    let found = null;
    if (node.props?.key !== undefined) {
      found = keyed.get(node.props.key) ?? null;
    } else {
      while (at < old.length && old[at].props?.key !== undefined) at += 1;
      if (at < old.length) found = old[at++];
    }
    if (found === null || used.has(found) || !isSame(found, node)) return null;
    used.add(found);
    return found;
  });
  for (const node of old) if (!used.has(node)) remove(node);
  let next = parent.firstChild;
  wanted.forEach((node, number) => {
    if (pairs[number] === null) create(node, parent);
    else patch(pairs[number], node);
    if (node.element === next) next = next.nextSibling;
    else parent.insertBefore(node.element, next);
  });
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
