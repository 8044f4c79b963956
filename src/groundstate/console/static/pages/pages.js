// Which page an address asks for.
//
// A page is { title, section, crumbs, load, view } and, where it needs them, `ticks` (whether it shows
// how long something has been going on), `early` (it can be drawn before it has loaded) and `leave`.

import { durableExecutionPage } from "./durable_execution.js";
import { executionPage } from "./execution.js";
import { functionPage } from "./function.js";
import { functionsPage } from "./functions.js";
import { logGroupPage } from "./log_group.js";
import { logGroupsPage } from "./log_groups.js";
import { machinePage } from "./machine.js";
import { machinesPage } from "./machines.js";
import { mapRunPage } from "./map_run.js";
import { notFoundPage } from "./not_found.js";
import { overviewPage } from "./overview.js";
import { stackPage } from "./stack.js";
import { stacksPage } from "./stacks.js";
import { tablePage } from "./table.js";
import { tablesPage } from "./tables.js";

const LISTS = {
  functions: functionsPage,
  machines: machinesPage,
  tables: tablesPage,
  logs: logGroupsPage,
  stacks: stacksPage,
};
const ONES = {
  functions: functionPage,
  machines: machinePage,
  executions: executionPage,
  durable: durableExecutionPage,
  mapruns: mapRunPage,
  tables: tablePage,
  logs: logGroupPage,
  stacks: stackPage,
};

/** Open the page of an address; `open` has `redraw` and `reload`. */
export function openPage({ path, query }, open) {
  const [section, name] = path;
  if (section === undefined) return overviewPage(open);
  if (path.length === 1 && LISTS[section]) return LISTS[section](open, query);
  if (path.length === 2 && ONES[section]) return ONES[section](name, open, query);
  return notFoundPage(open);
}
