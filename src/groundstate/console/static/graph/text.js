// How wide a text is, near enough to lay boxes out without a browser; and texts in two lines.

const NARROW = /[iljtf.,:;'|!()[\]{} r]/;
const WIDE = /[mwMW@%—…]/;

// The estimates below are those of common fonts; the system's own may run wider, DejaVu Sans by an
// eighth. So one sample is measured where there is a document.
const SAMPLE = "CreateItem: Execute long running task";
const SCALE = typeof document === "undefined" ? 1 : Math.max(1, measure(SAMPLE) / estimate(SAMPLE));

/** The width in pixels of a text in the console's font. */
export function textWidth(text, size = 13) {
  return estimate(text) * SCALE * size;
}

// Both in ems, of names as graph.css writes them.
function measure(text) {
  const context = document.createElement("canvas").getContext("2d");
  context.font = `580 100px ${getComputedStyle(document.body).fontFamily}`;
  return context.measureText(text).width / 100;
}

function estimate(text) {
  let width = 0;
  for (const character of text) {
    if (NARROW.test(character)) width += 0.34;
    else if (WIDE.test(character)) width += 0.92;
    else if (character >= "A" && character <= "Z") width += 0.69;
    else if (character > "\u2e80") width += 1.02;
    else width += 0.57;
  }
  return width;
}

/** A text in at most two lines of a width, cut where it does not fit. */
export function wrap(text, width, size = 13) {
  if (textWidth(text, size) <= width) return [text];
  const end = fitting(text, width, size);
  const blank = Math.max(
    text.lastIndexOf(" ", end),
    text.lastIndexOf("-", end),
    text.lastIndexOf("_", end),
    text.lastIndexOf(".", end - 1),
  );
  const cut = blank > end * 0.4 ? blank + 1 : end;
  const rest = text.slice(cut).trim();
  return [text.slice(0, cut).trim(), shorten(rest, width, size)];
}

/** A text cut to a width. */
export function shorten(text, width, size = 13) {
  if (textWidth(text, size) <= width) return text;
  return `${text.slice(0, fitting(text, width - size, size)).trimEnd()}…`;
}

function fitting(text, width, size) {
  let end = 1;
  while (end < text.length && textWidth(text.slice(0, end + 1), size) <= width) end += 1;
  return end;
}
