import type { ElementType } from "./kernel_run.ts";
import { wgsl } from "./wgsl.ts";

/**
 * Programs are written for numbers of 32 bits. Where an array holds 16, the text is changed in the two places
 * that touch it: what is read from the array is widened, what is written to it rounded. So no program knows of
 * 16 bits, and all compute and add up with 32.
 */

/** How an array whose numbers the program sees as `element` is declared when they have 16 bits. */
export function halfElement(element: ElementType): string {
  return element.replace(/[fiu]32/, "f16");
}

/**
 * Rounds to 16 bits, ties to even; beyond the largest number, to infinity. `f16()` alone may round either way,
 * and need not know infinity: here it is given numbers that it can represent.
 */
export const halfFunctions: string = wgsl`
fn half(x: f32) -> f16 {
  let size = sizeBits(x);
  /* Below 2^-14 they are 2^-24 apart, else 2^-10 of the power of two below. */
  let small = round(x * 16777216.0) * (1.0 / 16777216.0);
  let bits = bitcast<u32>(x);
  let usual = bitcast<f32>((bits + 0xfffu + ((bits >> 13u) & 1u)) & 0xffffe000u);
  var rounded = select(usual, small, size < 0x38800000u);
  /* 65520 is half way between the largest number and what would come next. */
  rounded = select(rounded, withSign(infinity(), x), size >= 0x477ff000u);
  return f16(select(rounded, x, isNan(x)));
}

fn halves(x: vec4f) -> vec4<f16> {
  return vec4<f16>(half(x.x), half(x.y), half(x.z), half(x.w));
}
`;

/**
 * A program whose `arrays`, by name, hold 16 bits: `x[i]` becomes `f32(x[i])`, and `x[i] = value;` becomes
 * `x[i] = half(value);`.
 *
 * @param arrays What type the program takes their elements for.
 */
export function convertHalves(source: string, arrays: ReadonlyMap<string, ElementType>): string {
  const names = new RegExp(`\\b(${[...arrays.keys()].join("|")})\\[`);
  let converted = "";
  let rest = source;
  for (;;) {
    const found = names.exec(rest);
    if (found === null) return converted + rest;
    const name = found[1]!;
    const element = arrays.get(name)!;
    const end = closing(rest, found.index + name.length);
    const index = convertHalves(rest.slice(found.index + name.length + 1, end), arrays);
    converted += rest.slice(0, found.index);
    rest = rest.slice(end + 1);
    const written = /^(\[[^\]]*\])? = ([^;]*);/.exec(rest);
    if (written === null) {
      converted += widen(`${name}[${index}]`, element);
    } else {
      const [whole, component = "", value] = written;
      const type = component === "" ? element : componentOf(element);
      const number = convertHalves(value!, arrays);
      converted += `${name}[${index}]${component} = ${narrow(number, type)};`;
      rest = rest.slice(whole.length);
    }
  }
}

/** Where the bracket at `start` is closed. */
function closing(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === "[") depth++;
    if (text[at] === "]" && --depth === 0) return at;
  }
  throw new Error(
    `Cannot convert a program as its brackets must be closed: found ${text.slice(start)}`,
  );
}

function componentOf(element: ElementType): ElementType {
  return element.match(/[fiu]32/)![0] as ElementType;
}

/** Programs that only move numbers see bits, which those of 16 become when they are widened. */
function widen(number: string, element: ElementType): string {
  const wide = `${element.replace(/[iu]32/, "f32")}(${number})`;
  return element.includes("f32") ? wide : `bitcast<${element}>(${wide})`;
}

function narrow(number: string, element: ElementType): string {
  const wide = element.replace(/[iu]32/, "f32");
  const value = element.includes("f32") ? number : `bitcast<${wide}>(${number})`;
  return `${element.startsWith("vec4") ? "halves" : "half"}(${value})`;
}
