// Imports a module of the console by its path below static/.

const ROOT = new URL("../../../../src/groundstate/console/static/", import.meta.url);

export function load(path) {
  return import(new URL(path, ROOT));
}
