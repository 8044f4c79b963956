// AWS's operations, by the runtime's own endpoint for its page.

import { post } from "./session.js";
import { settings } from "./settings.js";
import { recall, remember } from "./storage.js";

// Where a list's token has another name in the answer than in the request.
const ANSWERED_AS = { Marker: "NextMarker", ExclusiveStartTableName: "LastEvaluatedTableName" };

let region = recall("region", settings.region);

export function currentRegion() {
  return region;
}

export function chooseRegion(name) {
  region = name;
  remember("region", name === settings.region ? undefined : name);
}

/** Perform an operation; its answer. Throws an ApiError. */
export async function call(service, operation, request = {}) {
  return (await callWithId(service, operation, request)).answer;
}

/** Perform an operation; { answer, requestId }. `request` may be JSON text. */
export function callWithId(service, operation, request = {}) {
  return post(`api/${service}/${operation}`, request, { "x-groundstate-region": region });
}

/** Read all pages of a list, at most `most` entries. */
export async function callAll(
  service,
  operation,
  request,
  member,
  { token = "nextToken", most = 1000 } = {},
) {
  const found = [];
  let next;
  do {
    const page = await call(
      service,
      operation,
      next === undefined ? request : { ...request, [token]: next },
    );
    found.push(...(page[member] ?? []));
    next = page[ANSWERED_AS[token] ?? token];
  } while (next && found.length < most);
  return found;
}

/** Text as a blob's base64. */
export function toBlob(text) {
  const bytes = new TextEncoder().encode(text);
  let binary = "";
  for (let at = 0; at < bytes.length; at += 8192) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return btoa(binary);
}

/** A blob's base64 as text. */
export function fromBlob(base64) {
  const bytes = Uint8Array.from(atob(base64 ?? ""), (character) => character.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}
