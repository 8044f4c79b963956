// Where the page begins: finds the page for the address, draws it in the shell, keeps it up to date.

import { currentRegion } from "./core/api.js";
import { render } from "./core/dom.js";
import { isConnected, watchChanges } from "./core/live.js";
import { readAddress } from "./core/router.js";
import { hasSession, redeemTicket } from "./core/session.js";
import { openPage } from "./pages/pages.js";
import { signInPage } from "./pages/sign_in.js";
import { shell } from "./shell.js";

// Between two looks of a page whose data changes all the time.
const LOOK_INTERVAL_MS = 120;
const TICK_MS = 1000;
// "5 min ago" is to be true even where nothing changes.
const TICKS_OF_AGES = 20;

let page = null;

/** One page that is open: what its address asked for, and how far it is. */
class Open {
  constructor(address) {
    this.address = address;
    this.loaded = false;
    this.error = null;
    this.page = openPage(address, this);
    this.reading = null;
    this.again = false;
  }

  get isCurrent() {
    return page === this;
  }

  /** Draw what is known. */
  redraw = () => {
    if (this.isCurrent) draw();
  };

  /** Read again, and draw. Never twice at a time: what is asked meanwhile is done once, afterwards. */
  reload = () => {
    if (this.reading !== null) {
      this.again = true;
      return this.reading;
    }
    this.reading = this._read().finally(() => {
      this.reading = null;
      if (this.again && this.isCurrent) {
        this.again = false;
        setTimeout(this.reload, LOOK_INTERVAL_MS);
      }
    });
    return this.reading;
  };

  async _read() {
    try {
      await this.page.load?.();
      this.loaded = true;
      this.error = null;
    } catch (error) {
      if (error.code === "NoRuntime" && this.loaded) return;
      this.error = error;
      if (!error.code) console.error(error);
    }
    this.redraw();
  }
}

function show() {
  page?.page.leave?.();
  page = new Open(readAddress());
  document.title = `${page.page.title} · Groundstate`;
  window.scrollTo(0, 0);
  page.reload();
  draw();
}

function draw() {
  render(
    document.body,
    shell(page, { connected: isConnected(), region: currentRegion(), onregion: show }),
  );
}

async function begin() {
  await redeemTicket();
  if (!hasSession()) {
    render(document.body, signInPage(begin));
    return;
  }
  window.addEventListener("hashchange", () => {
    show();
    document.getElementById("main")?.focus({ preventScroll: true });
  });
  show();
  let ticks = 0;
  setInterval(() => {
    ticks += 1;
    if (!document.hidden && (page.page.ticks?.() || ticks % TICKS_OF_AGES === 0)) draw();
  }, TICK_MS);
  await watchChanges(() => {
    // The rest is for pages that look again at once; others say what they need themselves.
    page.reload();
    return new Promise((resolve) => setTimeout(resolve, LOOK_INTERVAL_MS));
  }, draw);
}

begin();
