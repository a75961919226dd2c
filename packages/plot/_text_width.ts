/**
 * The advance widths that Helvetica, Arial, Liberation Sans and Arimo share, in thousandths of the
 * font size. One table serves them all because those fonts were drawn to be exchanged.
 */
const WIDTHS: ReadonlyMap<string, number> = new Map(
  ([
    [191, "'"],
    [200, "\u2009"],
    [222, "ijl‘’"],
    [260, "|"],
    [278, " !,./:;I[\\]ft"],
    [333, "()-`r“”"],
    [334, "{}"],
    [355, '"'],
    [389, "*"],
    [469, "^"],
    [500, "Jcksvxyz"],
    [556, "#$0123456789?L_abdeghnopqu–"],
    [549, "±"],
    [584, "+<=>~−×"],
    [611, "FTZ"],
    [667, "&ABEKPSVXY"],
    [722, "CDHNRUw"],
    [778, "GOQ"],
    [833, "Mm"],
    [889, "%"],
    [944, "W"],
    [1000, "—…→"],
    [1015, "@"],
  ] as const).flatMap(([width, characters]) => [...characters].map((c) => [c, width])),
);

/** Letters outside the table, such as é or λ, are this wide on average; from U+1100 on, a square. */
const OTHER_WIDTH = 580;
const SQUARE_WIDTH = 1000;
const FIRST_SQUARE = 0x1100;

/** What bold letters add over a line of text. */
const BOLD_FACTOR = 1.08;

/** The width of `text` in pixels at `size` pixels, as estimated without a font at hand. */
export function textWidth(
  text: string,
  size: number,
  weight: "normal" | "bold" = "normal",
): number {
  let thousandths = 0;
  for (const character of text) thousandths += WIDTHS.get(character) ?? otherWidth(character);
  return thousandths / 1000 * size * (weight === "bold" ? BOLD_FACTOR : 1);
}

function otherWidth(character: string): number {
  const code = character.codePointAt(0)!;
  const isPunctuation = code >= 0x2000 && code < 0x2100;
  return code >= FIRST_SQUARE && !isPunctuation ? SQUARE_WIDTH : OTHER_WIDTH;
}
