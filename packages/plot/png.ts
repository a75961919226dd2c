/**
 * SVG to PNG, with the rasteriser resvg compiled to WebAssembly and the font Arimo, both loaded when
 * the first drawing is made and not before.
 *
 * Node and Deno find both among the npm packages of this one; Deno asks for `--allow-read` and
 * nothing else. A browser hands over the bytes of both.
 *
 * @example
 * ```ts
 * import { lineChart } from "@gradus/plot";
 * import { svgToPng } from "@gradus/plot/png";
 * import { assertEquals } from "@std/assert";
 *
 * const svg = lineChart({
 *   title: "Loss",
 *   x: { label: "epoch" },
 *   y: { label: "loss (nats)" },
 *   series: [{ name: "training", y: [2.3, 1.1, 0.7] }],
 *   theme: "light",
 * });
 * const png = await svgToPng(svg, { scale: 2 });
 * assertEquals(new TextDecoder().decode(png.subarray(1, 4)), "PNG");
 * ```
 *
 * @module
 */

import { bareSpecifier } from "./_bare_specifier.ts";
import { loadOnce } from "./_load_once.ts";

/** How {@linkcode svgToPng} draws, and with what. */
export interface PngOptions {
  /** Pixels for each pixel of the SVG's own size, above 0; 1 by default. */
  scale?: number;
  /**
   * The file `index_bg.wasm` of `@resvg/resvg-wasm` 2.6.2, for where no files can be read. Only the
   * first call that succeeds in loading it counts.
   */
  wasm?: BufferSource | WebAssembly.Module;
  /**
   * Font files (TrueType or OpenType, not WOFF), tried in this order for each letter. By default
   * Arimo, regular and bold, which has Latin, Greek, Cyrillic and Hebrew letters.
   */
  fonts?: readonly Uint8Array[];
}

/** More pixels than this take more memory than a wasm module should ask for. */
const MOST_PIXELS = 2 ** 26;

/**
 * Draws an SVG as PNG: width · scale by height · scale pixels, rounded, each red, green, blue and
 * opacity.
 *
 * The rasteriser applies the colours written at each element and knows no media queries, so that a
 * drawing of theme `"auto"` comes out light.
 *
 * @param svg The text of an SVG file.
 * @param options Scale and, for browsers, the files to draw with.
 * @returns The bytes of a PNG file, the caller's own.
 * @throws {RangeError} If `scale` is not positive and finite, or the picture has no pixel or more
 * than 2^26.
 * @throws {SyntaxError} If `svg` is no SVG.
 * @throws {Error} If the rasteriser or the fonts cannot be read.
 *
 * Source: resvg, https://github.com/linebender/resvg, which lists what parts of SVG it draws.
 *
 * @example A square, twice as large
 * ```ts
 * import { svgToPng } from "@gradus/plot/png";
 * import { assertEquals } from "@std/assert";
 *
 * const square = `<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10">
 *   <rect width="10" height="10" fill="#000"/>
 * </svg>`;
 * const png = await svgToPng(square, { scale: 2 });
 * const header = new DataView(png.buffer, png.byteOffset);
 * assertEquals([header.getUint32(16), header.getUint32(20)], [20, 20]);
 * ```
 */
export async function svgToPng(
  svg: string,
  { scale = 1, wasm, fonts }: PngOptions = {},
): Promise<Uint8Array> {
  if (!(scale > 0 && scale < Infinity)) {
    const rule = "scale must be positive and finite";
    throw new RangeError(`Cannot draw an SVG as PNG as ${rule}: found ${scale}`);
  }
  const { Resvg } = await loadRasteriser(wasm);
  const fontBuffers = [...fonts ?? await loadArimo()];
  const drawing = parse(() =>
    new Resvg(svg, {
      font: { fontBuffers },
      fitTo: { mode: "zoom", value: scale },
    })
  );
  try {
    checkPixels(Math.round(drawing.width * scale), Math.round(drawing.height * scale));
    const image = drawing.render();
    try {
      return image.asPng();
    } finally {
      image.free();
    }
  } finally {
    drawing.free();
  }
}

function parse<Drawing>(read: () => Drawing): Drawing {
  try {
    return read();
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new SyntaxError(`Cannot read an SVG as it must be XML with an svg root: ${found}`);
  }
}

function checkPixels(width: number, height: number): void {
  const pixels = width * height;
  if (pixels >= 1 && pixels <= MOST_PIXELS) return;
  const found = `found ${width} by ${height}`;
  throw new RangeError(`Cannot draw an SVG as PNG as it must have 1 to 2^26 pixels: ${found}`);
}

const loadRasteriser = loadOnce(async (wasm: PngOptions["wasm"]) => {
  const resvg = await import("@resvg/resvg-wasm");
  await resvg.initWasm(
    wasm ?? await readPackageFile(import.meta.resolve("@resvg/resvg-wasm/index_bg.wasm")),
  );
  return resvg;
});

const loadArimo = loadOnce<void, Uint8Array[]>(async () => {
  // Deno installs a package if one of its modules is imported, and a font is none.
  await import("@expo-google-fonts/arimo/metadata.json", { with: { type: "json" } });
  return await Promise.all([
    readPackageFile(
      import.meta.resolve("@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf"),
    ),
    readPackageFile(import.meta.resolve("@expo-google-fonts/arimo/700Bold/Arimo_700Bold.ttf")),
  ]);
});

/** The bytes of a file of an npm package, from what `import.meta.resolve` made of its name. */
async function readPackageFile(address: string): Promise<Uint8Array> {
  const { readFile } = await import("node:fs/promises");
  if (address.startsWith("file:")) return await readFile(new URL(address));
  const { createRequire } = await import("node:module");
  return await readFile(createRequire(import.meta.url).resolve(bareSpecifier(address)));
}
