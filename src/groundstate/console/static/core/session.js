// The token that the runtime knows its own page by. See console/session.py.

import { settings } from "./settings.js";

const HEADER = "x-groundstate-console";
const BASE = "/_groundstate/console";
const KEPT_AS = "groundstate.console.token";

let token = settings.token || sessionStorage.getItem(KEPT_AS) || "";

/** Whether there is a token; without one, somebody has to sign in. */
export function hasSession() {
  return token !== "";
}

/** Send a request with the token; the answer's JSON and request id. Throws an ApiError. */
export async function post(path, document, headers = {}) {
  let response;
  try {
    response = await fetch(`${BASE}/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", [HEADER]: token || "none", ...headers },
      body: typeof document === "string" ? document : JSON.stringify(document),
    });
  } catch {
    throw new ApiError("NoRuntime", "The runtime does not answer.", 0, "");
  }
  const requestId = response.headers.get("x-amzn-requestid") ?? "";
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return { answer, requestId };
  if (answer.code === "SessionExpired") endSession();
  throw new ApiError(
    answer.code ?? "Error",
    answer.message ?? response.statusText,
    response.status,
    requestId,
    answer,
  );
}

/** Get the token, for a ticket or for credentials. Throws an ApiError. */
export async function beginSession(proof) {
  const { answer } = await post("session", proof);
  token = answer.token;
  sessionStorage.setItem(KEPT_AS, token);
}

/** Redeem the ticket that `groundstate console` put behind the address, if there is one. */
export async function redeemTicket() {
  const ticket = /^#ticket=(.+)$/.exec(location.hash)?.[1];
  if (ticket === undefined) return;
  history.replaceState(null, "", location.pathname);
  if (!hasSession()) await beginSession({ ticket }).catch(() => {});
}

function endSession() {
  // Another runtime answers at the address now: its page has its token.
  sessionStorage.removeItem(KEPT_AS);
  const last = Number(sessionStorage.getItem(`${KEPT_AS}.reloaded`) ?? 0);
  if (Date.now() - last < 5000) return;
  sessionStorage.setItem(`${KEPT_AS}.reloaded`, String(Date.now()));
  location.reload();
}

/** A refusal: AWS's code and message. */
export class ApiError extends Error {
  constructor(code, message, status, requestId, document = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.requestId = requestId;
    this.document = document;
  }
}
