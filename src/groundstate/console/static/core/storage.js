// What this browser remembers of the console: test events, the chosen region, open parts.

const PREFIX = "groundstate.console.";

/** A remembered value; `otherwise` if there is none, or the browser keeps nothing. */
export function recall(name, otherwise) {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? otherwise : JSON.parse(text);
  } catch {
    return otherwise;
  }
}

/** Remember a value; undefined forgets it. */
export function remember(name, value) {
  try {
    if (value === undefined) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // A full or forbidden storage costs comfort, no more.
  }
}
