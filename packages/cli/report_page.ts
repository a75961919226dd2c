/** A part of a {@linkcode reportPage}. */
export type ReportPart =
  /** Text of its own paragraph. */
  | { readonly kind: "text"; readonly text: string }
  /** A drawing, inlined; the caption says what to see. */
  | { readonly kind: "figure"; readonly svg: string; readonly caption: string }
  /** A table; a marked row stands out, and columns of prose wrap where others stay on one line. */
  | {
    readonly kind: "table";
    readonly header: readonly string[];
    readonly rows: readonly (readonly string[])[];
    readonly marked?: number;
    readonly prose?: readonly number[];
    readonly caption?: string;
  }
  /** Text as it would stand in a terminal. */
  | { readonly kind: "code"; readonly text: string }
  /** Numbers that matter most, large. */
  | {
    readonly kind: "figures";
    readonly items: readonly { readonly value: string; readonly label: string }[];
  };

/** A part of a report under a heading of its own. */
export interface ReportSection {
  /** The heading. */
  readonly title: string;
  /** What stands below it, in order. */
  readonly parts: readonly ReportPart[];
}

/**
 * A page about an experiment, in one file that needs no other: readable in light and dark, on paper and
 * on a phone.
 *
 * @param options The title, a sentence below it, and the sections.
 * @returns HTML. All texts are escaped; drawings are inlined as they are, so they must be our own.
 *
 * @example
 * ```ts
 * import { reportPage } from "@gradus/cli";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const html = reportPage({
 *   title: "Iris",
 *   lead: "A two-layer network.",
 *   sections: [{ title: "Data", parts: [{ kind: "text", text: "150 flowers, 3 < 4" }] }],
 * });
 * assertStringIncludes(html, "<p>150 flowers, 3 &lt; 4</p>");
 * ```
 */
export function reportPage(
  options: {
    readonly title: string;
    readonly lead: string;
    readonly sections: readonly ReportSection[];
  },
): string {
  const { title, lead, sections } = options;
  const body = sections.map((section) =>
    `<section>\n<h2>${escapeHtml(section.title)}</h2>\n${
      section.parts.map(partHtml).join("\n")
    }\n</section>`
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="color-scheme" content="light dark" />
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p class="lead">${escapeHtml(lead)}</p>
${body.join("\n")}
</main>
</body>
</html>
`;
}

function partHtml(part: ReportPart): string {
  switch (part.kind) {
    case "text":
      return `<p>${escapeHtml(part.text)}</p>`;
    case "code":
      return `<pre>${escapeHtml(part.text)}</pre>`;
    case "figure":
      return `<figure>${part.svg}<figcaption>${escapeHtml(part.caption)}</figcaption></figure>`;
    case "figures":
      return `<dl class="figures">${
        part.items.map(({ value, label }) =>
          `<div><dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd></div>`
        ).join("")
      }</dl>`;
    case "table":
      return tableHtml(part);
  }
}

function tableHtml(table: Extract<ReportPart, { kind: "table" }>): string {
  const { header, rows, marked, prose = [], caption } = table;
  const style = (column: number) => prose.includes(column) ? ' class="prose"' : "";
  const head = header.map((title, column) =>
    `<th scope="col"${style(column)}>${escapeHtml(title)}</th>`
  ).join("");
  const body = rows.map((row, place) =>
    `<tr${place === marked ? ' class="marked"' : ""}>${
      row.map((cell, column) => `<td${style(column)}>${escapeHtml(cell)}</td>`).join("")
    }</tr>`
  );
  return `<div class="scroll"><table>${
    caption === undefined ? "" : `<caption>${escapeHtml(caption)}</caption>`
  }<thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

// Drawings shrink to the page by a style of their own, but not so far that they cannot be read.
const STYLE = `
:root { --ink: #1c2126; --soft: #59636e; --paper: #fff; --line: #d8dee4; --tint: #eef6f0; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --soft: #9aa6b2; --paper: #15181d; --line: #333c46; --tint: #1b2b22; }
}
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 52rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; padding-top: 1rem;
  border-top: 1px solid var(--line); }
.lead, figcaption, caption, dt { color: var(--soft); }
.lead { font-size: 1.1rem; margin-top: 0; }
figure { margin: 1.25rem 0; overflow-x: auto; }
figure > svg { display: block; max-width: max(100%, 36rem) !important; }
figcaption, caption { font-size: .9rem; text-align: left; padding: .35rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .35rem .6rem; border-bottom: 1px solid var(--line); }
th { vertical-align: bottom; }
td { white-space: nowrap; vertical-align: top; }
th:first-child, td:first-child, .prose { text-align: left; }
td.prose { white-space: normal; min-width: 13rem; }
.marked { background: var(--tint); font-weight: 600; }
pre { overflow-x: auto; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: 6px;
  font-size: .85rem; line-height: 1.45; }
.figures { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; margin: 1.25rem 0; }
.figures div { display: flex; flex-direction: column-reverse; }
.figures dd { margin: 0; font-size: 1.7rem; font-weight: 650; line-height: 1.2; }
.figures dt { font-size: .9rem; }
@media (max-width: 40rem) { table { font-size: .75rem; } th, td { padding: .3rem; } }
@media print { h2 { break-after: avoid; } figure, table { break-inside: avoid; } }
`;
