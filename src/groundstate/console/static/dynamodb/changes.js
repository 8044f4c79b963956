// What has changed between two looks at a table: new items, and attributes with their former values.

import { cellText, keyText } from "./values.js";

// How long a change is marked.
const MARKED_S = 8;

/** Remembers the last look. `names` are the key's attributes. */
export class ItemChanges {
  constructor() {
    this._before = null;
    this._marks = new Map();
  }

  /** Forget everything: the next look is a first one. */
  reset() {
    this._before = null;
    this._marks.clear();
  }

  /** Compare with the last look. */
  look(items, names, nowMs) {
    const found = new Map(items.map((item) => [keyText(item, names), item]));
    if (this._before !== null) {
      for (const [key, item] of found) {
        const before = this._before.get(key);
        if (before === undefined) this._marks.set(key, { at: nowMs, isNew: true, former: {} });
        else this._compare(key, before, item, nowMs);
      }
    }
    this._before = found;
  }

  /** { isNew, former } of an item that changed a moment ago; `former` has texts by attribute. */
  markOf(key, nowMs) {
    const mark = this._marks.get(key);
    if (mark === undefined) return undefined;
    if (nowMs - mark.at > MARKED_S * 1000) {
      this._marks.delete(key);
      return undefined;
    }
    return mark;
  }

  get isMarking() {
    return this._marks.size > 0;
  }

  _compare(key, before, item, nowMs) {
    const former = {};
    for (const name of new Set([...Object.keys(before), ...Object.keys(item)])) {
      const [was, is] = [cellText(before[name]), cellText(item[name])];
      if (was !== is) former[name] = was;
    }
    if (Object.keys(former).length > 0) this._marks.set(key, { at: nowMs, isNew: false, former });
  }
}
