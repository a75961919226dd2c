/**
 * Pictures with captions: the mistakes of a classifier, the kernels of a convolution.
 *
 * @example
 * ```ts
 * import { imageGrid } from "@gradus/plot/image-grid";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const svg = imageGrid({
 *   title: "A mistake",
 *   images: [{
 *     pixels: Uint8Array.of(0, 255, 255, 0),
 *     width: 2,
 *     height: 2,
 *     caption: "is a shirt\nseen as a coat",
 *   }],
 *   columns: 1,
 *   scale: 20,
 * });
 * assertStringIncludes(svg, "data:image/png;base64,");
 * ```
 *
 * @module
 */

import { svgDocument } from "./_document.ts";
import { element } from "./_element.ts";
import { escapeXml } from "./_escape_xml.ts";
import { noteBlock, PADDING, titleBlock } from "./_heading.ts";
import { labelElement } from "./_label.ts";
import { type Paint, paintFor } from "./_paint.ts";
import { pngDataUri } from "./_png_data_uri.ts";
import type { Theme } from "./theme.ts";
import { wrapText } from "./_wrap_text.ts";

/** What {@linkcode imageGrid} draws, and how. */
export interface ImageGridOptions {
  /** Above the pictures; up to three lines. */
  title: string;
  /** From left to right, then down. */
  images: readonly GridImage[];
  /** Pictures in a row, from 1 on; 6 by default. */
  columns?: number;
  /** Pixels of the drawing for each of a picture, above 0 and at most 100; 4 by default. */
  scale?: number;
  /** Small print below the pictures; none by default. */
  note?: string;
  /** `"auto"` by default. */
  theme?: Theme;
}

/** A picture of an {@linkcode imageGrid}. */
export interface GridImage {
  /**
   * Row by row from the top: one byte a pixel from black to white, `[height, width]`, or three for
   * red, green and blue, `[height, width, 3]`.
   */
  pixels: Uint8Array | Uint8ClampedArray;
  /** In pixels, from 1 to 4096. */
  width: number;
  /** In pixels, from 1 to 4096. */
  height: number;
  /** Below the picture, up to four lines; `"\n"` begins a new one. */
  caption: string;
}

/**
 * Sharp pixels go by this name in browsers and by that of the attribute in rasterisers, which skip
 * what is inside `@media`.
 */
const SHARP_PIXELS = "@media all{.gradus-pixels{image-rendering:pixelated}}";

const CAPTION = { size: 11.5, lineHeight: 15, maxLines: 4 };
const GAP = 16;
const NARROWEST_CELL = 72;
const SMALLEST_WIDTH = 320;
const LARGEST_SIDE = 4096;

/**
 * Pictures in rows as the text of an SVG file, each pixel a sharp square.
 *
 * @param options What to draw, with defaults and units at each property.
 * @returns A file of its own that also can be put into an HTML page as it is. The same options give
 * the same text.
 * @throws {TypeError} If the length of `pixels` is neither width · height nor three times that.
 * @throws {RangeError} If a width, a height, `columns` or `scale` is out of range.
 *
 * @example
 * ```ts
 * import { imageGrid } from "@gradus/plot";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const red = { pixels: Uint8Array.of(255, 0, 0), width: 1, height: 1, caption: "red" };
 * const svg = imageGrid({ title: "Twice the same", images: [red, red], columns: 2, scale: 40 });
 * assertStringIncludes(svg, "Grid of 2 pictures. red. red.");
 * ```
 */
export function imageGrid(options: ImageGridOptions): string {
  const { title, images, columns = 6, scale = 4, note, theme = "auto" } = options;
  checkOptions(columns, scale);
  images.forEach(checkImage);
  const paint = paintFor(theme);
  const cellWidth = largest(images.map((image) => image.width * scale), NARROWEST_CELL);
  const used = Math.min(columns, Math.max(images.length, 1));
  const width = Math.max(SMALLEST_WIDTH, 2 * PADDING + used * (cellWidth + GAP) - GAP);
  const heading = titleBlock(title, { width, paint });
  const rows = rowsOf(images, { columns, scale, cellWidth });
  const body: string[] = [];
  let top = PADDING + heading.height + 12;
  for (const row of rows) {
    for (const [column, cell] of row.cells.entries()) {
      const left = PADDING + column * (cellWidth + GAP);
      body.push(cellElement(cell, { left, top, cellWidth, row, scale, paint }));
    }
    top += row.imageHeight + row.captionHeight + GAP;
  }
  const notes = [
    ...(note === undefined ? [] : [note]),
    ...(images.length === 0 ? ["no images"] : []),
  ];
  const small = noteBlock(notes, { top, width, paint });
  return svgDocument([...heading.elements, ...body, ...small.elements], {
    title,
    description: describe(images),
    width,
    height: top + small.height + (notes.length === 0 ? 0 : PADDING),
    theme,
    paint,
    styleSheet: SHARP_PIXELS,
  });
}

function checkOptions(columns: number, scale: number): void {
  if (!Number.isSafeInteger(columns) || columns < 1) {
    throw new RangeError(
      `Cannot draw a grid of images as columns must be a whole number from 1 on: found ${columns}`,
    );
  }
  if (!(scale > 0 && scale <= 100)) {
    throw new RangeError(
      `Cannot draw a grid of images as scale must be above 0 and at most 100: found ${scale}`,
    );
  }
}

function checkImage({ pixels, width, height }: GridImage, index: number): void {
  for (const [side, length] of [["width", width], ["height", height]] as const) {
    if (Number.isSafeInteger(length) && length >= 1 && length <= LARGEST_SIDE) continue;
    const rule = `its ${side} must be a whole number from 1 to ${LARGEST_SIDE}`;
    throw new RangeError(`Cannot draw image ${index} as ${rule}: found ${length}`);
  }
  const area = width * height;
  if (pixels.length === area || pixels.length === 3 * area) return;
  throw new TypeError(
    `Cannot draw image ${index} as ${width} by ${height} pixels must be ${area} bytes (gray) or ${
      3 * area
    } (RGB): found ${pixels.length}`,
  );
}

interface GridCell {
  image: GridImage;
  lines: string[];
}

interface GridRow {
  cells: GridCell[];
  imageHeight: number;
  captionHeight: number;
}

function rowsOf(
  images: readonly GridImage[],
  { columns, scale, cellWidth }: { columns: number; scale: number; cellWidth: number },
): GridRow[] {
  const rows: GridRow[] = [];
  for (let start = 0; start < images.length; start += columns) {
    const cells = images.slice(start, start + columns).map((image) => ({
      image,
      lines: wrapText(image.caption, { width: cellWidth, ...CAPTION }),
    }));
    rows.push({
      cells,
      imageHeight: largest(cells.map(({ image }) => image.height * scale), 0),
      captionHeight: largest(cells.map(({ lines }) => lines.length), 0) * CAPTION.lineHeight + 4,
    });
  }
  return rows;
}

function cellElement(
  { image, lines }: GridCell,
  { left, top, cellWidth, row, scale, paint }: {
    left: number;
    top: number;
    cellWidth: number;
    row: GridRow;
    scale: number;
    paint: Paint;
  },
): string {
  const width = image.width * scale;
  const height = image.height * scale;
  const x = left + (cellWidth - width) / 2;
  const y = top + row.imageHeight - height;
  return element(
    "g",
    {},
    element("title", {}, escapeXml(image.caption)),
    element("image", {
      x,
      y,
      width,
      height,
      href: pngDataUri(image),
      preserveAspectRatio: "none",
      class: "gradus-pixels",
      "image-rendering": "optimizeSpeed",
    }),
    element("rect", {
      x: x - 0.5,
      y: y - 0.5,
      width: width + 1,
      height: height + 1,
      ...paint({ stroke: "grid" }),
      fill: "none",
    }),
    ...lines.map((text, line) =>
      labelElement({ text }, {
        x: left + cellWidth / 2,
        y: top + row.imageHeight + (line + 1) * CAPTION.lineHeight,
        size: CAPTION.size,
        "text-anchor": "middle",
        ...paint({ fill: "ink" }),
      })
    ),
  );
}

function describe(images: readonly GridImage[]): string {
  const captions = images.map(({ caption }) => ` ${caption.replaceAll(/\s+/g, " ")}.`);
  return `Grid of ${images.length} pictures.${captions.join("")}`;
}

function largest(values: readonly number[], least: number): number {
  return values.reduce((most, value) => Math.max(most, value), least);
}
