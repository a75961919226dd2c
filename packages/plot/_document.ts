import { element } from "./_element.ts";
import { escapeXml } from "./_escape_xml.ts";
import { darkStyleSheet, type Paint } from "./_paint.ts";
import type { Theme } from "./theme.ts";

/**
 * Fonts that come with operating systems, and all of one width, which is what `textWidth` counts
 * on: on Linux, Arial stands for Liberation Sans or Arimo.
 */
const FONT_FAMILY = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', Arimo, sans-serif";

/** What a whole drawing needs besides its elements. */
export interface DrawingOptions {
  title: string;
  /** What a reader who cannot see it should know. */
  description: string;
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
  theme: Theme;
  paint: Paint;
  /** Rules besides those of the theme, for classes that begin with "gradus-". */
  styleSheet?: string;
}

/** A whole SVG file with one element of `body` a line. It has no ids, which others could share. */
export function svgDocument(
  body: readonly string[],
  { title, description, width, height, theme, paint, styleSheet = "" }: DrawingOptions,
): string {
  const rules = (theme === "auto" ? darkStyleSheet() : "") + styleSheet;
  const size = { width: Math.ceil(width), height: Math.ceil(height) };
  const lines = [
    element("title", {}, escapeXml(title)),
    element("desc", {}, escapeXml(description)),
    ...(rules === "" ? [] : [element("style", {}, rules)]),
    element("rect", { ...size, ...paint({ fill: "surface" }) }),
    ...body,
  ];
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${size.width} ${size.height}`,
      ...size,
      role: "img",
      "font-family": FONT_FAMILY,
      style: "max-width:100%;height:auto",
    },
    "\n",
    lines.join("\n"),
    "\n",
  ) + "\n";
}
