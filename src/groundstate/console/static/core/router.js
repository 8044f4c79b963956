// Addresses of pages: `#/tables/Tasks`, parameters encoded, a query behind a question mark.

/** The address of a page: the section's name, and the name or ARN of what it shows. */
export function addressOf(section, name) {
  return `#/${section}/${encodeURIComponent(name)}`;
}

/** What the address asks for: { path: [...], query: {...} }. */
export function readAddress() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  return {
    path: path === "" ? [] : path.split("/").map(decode),
    query: Object.fromEntries(new URLSearchParams(query ?? "")),
  };
}

/** Write a query into the address without leaving the page. */
export function replaceQuery(query) {
  const [path] = location.hash.split("?");
  const kept = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const text = new URLSearchParams(kept).toString();
  history.replaceState(null, "", (path || "#/") + (text ? `?${text}` : ""));
}

export function go(address) {
  location.hash = address;
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
