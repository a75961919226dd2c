/** A colour as red, green and blue light, each from 0 to 1: sRGB without its transfer curve. */
export type Light = readonly [red: number, green: number, blue: number];

/** Reads "#rrggbb". */
export function readColour(name: string, hex: string): Light {
  if (!/^#[0-9a-f]{6}$/i.test(hex)) {
    throw new RangeError(`Cannot draw the colour ${name} as it must read #rrggbb: found ${hex}`);
  }
  return [1, 3, 5].map((at) =>
    linear(parseInt(hex.slice(at, at + 2), 16) / 255)
  ) as unknown as Light;
}

/** Writes "#rrggbb"; light outside the screen's gamut is clipped. */
export function writeColour(light: Light): string {
  const bytes = light.map((value) => Math.round(255 * curved(Math.min(1, Math.max(0, value)))));
  return `#${bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/**
 * The colour at `level` (0 to 1) between two, in steps that look equally large: a straight line in
 * Oklab.
 *
 * Source: B. Ottosson, "A perceptual color space for image processing", 2020.
 */
export function mixColours(low: Light, high: Light, level: number): Light {
  const from = toOklab(low);
  const to = toOklab(high);
  return fromOklab(from.map((value, index) => value + level * (to[index] - value)));
}

/** Luminance ratio, 1 to 21, as WCAG 2.2 defines contrast. */
export function contrast(one: Light, other: Light): number {
  const [dark, bright] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
}

/**
 * White where it can be read on `background`, and black elsewhere; the contrast is at least 4.5.
 * Where both would do, eyes prefer white to what the ratio prefers.
 */
export function readableOn(background: Light): "#000000" | "#ffffff" {
  return contrast(background, [1, 1, 1]) >= 4.5 ? "#ffffff" : "#000000";
}

/** The coordinates of a colour in Oklab: lightness, green to red, blue to yellow. */
export function toOklab(light: Light): number[] {
  return multiply(LMS_TO_OKLAB, multiply(RGB_TO_LMS, light).map(Math.cbrt));
}

const RGB_TO_LMS = [
  [0.4122214708, 0.5363325363, 0.0514459929],
  [0.2119034982, 0.6806995451, 0.1073969566],
  [0.0883024619, 0.2817188376, 0.6299787005],
];
const LMS_TO_OKLAB = [
  [0.2104542553, 0.793617785, -0.0040720468],
  [1.9779984951, -2.428592205, 0.4505937099],
  [0.0259040371, 0.7827717662, -0.808675766],
];
const OKLAB_TO_LMS = [
  [1, 0.3963377774, 0.2158037573],
  [1, -0.1055613458, -0.0638541728],
  [1, -0.0894841775, -1.291485548],
];
const LMS_TO_RGB = [
  [4.0767416621, -3.3077115913, 0.2309699292],
  [-1.2684380046, 2.6097574011, -0.3413193965],
  [-0.0041960863, -0.7034186147, 1.707614701],
];

function fromOklab(oklab: readonly number[]): Light {
  const cones = multiply(OKLAB_TO_LMS, oklab).map((value) => value ** 3);
  return multiply(LMS_TO_RGB, cones) as unknown as Light;
}

function multiply(matrix: readonly (readonly number[])[], vector: readonly number[]): number[] {
  return matrix.map(([a, b, c]) => a * vector[0] + b * vector[1] + c * vector[2]);
}

function luminance([red, green, blue]: Light): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function linear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function curved(value: number): number {
  return value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;
}
