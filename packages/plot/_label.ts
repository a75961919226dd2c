import { type Attributes, element } from "./_element.ts";
import { escapeXml } from "./_escape_xml.ts";
import { textWidth } from "./_text_width.ts";

/** A short text that may end in an exponent, as 2×10⁻³ does. */
export interface Label {
  text: string;
  /** What stands above the line. */
  exponent?: string;
}

/** Size and rise of an exponent, as parts of the font size. */
const EXPONENT_SIZE = 0.75;
const EXPONENT_RISE = 0.38;

/** The width of a label in pixels at `size` pixels. */
export function labelWidth({ text, exponent = "" }: Label, size: number): number {
  return textWidth(text, size) + textWidth(exponent, size * EXPONENT_SIZE);
}

/** A label of `size` pixels as a `<text>` element, its baseline at `y`. */
export function labelElement(
  { text, exponent }: Label,
  { size, ...attributes }: Attributes & { x: number; y: number; size: number },
): string {
  const children = [escapeXml(text)];
  if (exponent !== undefined) {
    children.push(element(
      "tspan",
      { dy: -EXPONENT_RISE * size, "font-size": EXPONENT_SIZE * size },
      escapeXml(exponent),
    ));
  }
  return element("text", { ...attributes, "font-size": size }, ...children);
}

/** A number for human eyes: 0.001, 12 000, 3×10⁻⁷. */
export function numberLabel(value: number): Label {
  const magnitude = Math.abs(value);
  if (value === 0 || (magnitude >= 1e-4 && magnitude < 1e6) || !Number.isFinite(value)) {
    return { text: groupDigits(String(Number(value.toPrecision(6)))) };
  }
  const [mantissa, exponent] = value.toExponential(5).split("e") as [string, string];
  return powerLabel(String(Number(mantissa)), Number(exponent));
}

/** `mantissa` × 10 to the power of `exponent`; a mantissa of 1 is left out. */
export function powerLabel(mantissa: string, exponent: number): Label {
  const factor = mantissa === "1" ? "" : `${groupDigits(mantissa)}×`;
  return { text: `${factor}10`, exponent: String(exponent).replace("-", "−") };
}

/** A written number with a true minus and thin spaces from five digits on: −12 000. */
export function groupDigits(number: string): string {
  const [integer, fraction] = number.split(".") as [string, string?];
  const digits = integer.replace("-", "");
  const grouped = digits.length < 5 ? digits : digits.replace(/\B(?=(\d{3})+$)/g, "\u2009");
  const sign = integer.startsWith("-") ? "−" : "";
  return sign + grouped + (fraction === undefined ? "" : `.${fraction}`);
}
