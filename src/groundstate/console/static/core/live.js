// Says when something has changed: one request waits at the runtime while the page is visible.

import { post } from "./session.js";
import { settings } from "./settings.js";

const PAUSE_AFTER_FAILURE_MS = 1000;

let version = -1;
let offsetMs = settings.now * 1000 - Date.now();
let connected = true;

/** The runtime's clock, in epoch seconds; it may be a virtual one. */
export function now() {
  return (Date.now() + offsetMs) / 1000;
}

export function isConnected() {
  return connected;
}

/** Call `onChange` after each change, and `onConnection` when the runtime goes away or comes back. */
export async function watchChanges(onChange, onConnection) {
  for (;;) {
    await visible();
    try {
      const { answer } = await post("changes", { version });
      offsetMs = answer.now * 1000 - Date.now();
      const isNew = answer.version !== version;
      version = answer.version;
      if (!connected) {
        connected = true;
        onConnection();
        await onChange();
      } else if (isNew) {
        await onChange();
      }
    } catch {
      if (connected) {
        connected = false;
        onConnection();
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_AFTER_FAILURE_MS));
    }
  }
}

function visible() {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden) return;
      document.removeEventListener("visibilitychange", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
  });
}
