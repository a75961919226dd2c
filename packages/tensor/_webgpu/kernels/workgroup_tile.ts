import { entry, wgsl } from "../wgsl.ts";
import { lines, range } from "./register_tile.ts";

/**
 * The part of a product of matrices that one workgroup computes: it loads a block of each matrix into memory
 * of its own, from where each invocation takes what its 4 × 4 sums need.
 */
export interface WorkgroupTile {
  readonly family: "workgroup";
  /** Rows, and as many columns. */
  readonly edge: 32 | 64;
}

/** How a program finds a matrix: where a number is, is the place of its line plus that of its inner index. */
export interface PlacedMatrix {
  /** Whether the numbers of a line lie side by side, and not the lines. */
  readonly isAlong: boolean;
  /** WGSL of the place of a line: a row of the left matrix, a column of the right one. */
  readonly line: (line: string) => string;
  /** WGSL of the place of an inner index. */
  readonly inner: (inner: string) => string;
  /** WGSL of the number at the sum of both: an `f32`. */
  readonly read: (place: string) => string;
}

/** What a {@linkcode workgroupProgram} adds to the record of its run. */
export function workgroupGrid(
  { edge }: WorkgroupTile,
  { m, n, batch }: { readonly m: number; readonly n: number; readonly batch: number },
): {
  readonly key: string;
  readonly workgroups: number;
  readonly i32: Readonly<Record<string, number>>;
} {
  const [groupsAcross, groupsDown] = [Math.ceil(n / edge), Math.ceil(m / edge)];
  return {
    key: `workgroup ${edge}`,
    workgroups: groupsAcross * groupsDown * batch,
    i32: { m, n, batch, groupsAcross, groupsDown },
  };
}

/**
 * A program whose workgroups have a tile each, of product number `at` of those that run at once. The sums
 * are over the inner indices from `first` to `end`; `start` is where a row of the result begins, and
 * `firstBias` where the biases do, for the function `store` of `epilogue`. All are WGSL.
 */
export function workgroupProgram(
  { edge }: WorkgroupTile,
  { declare = "", first, end, left, right, start, firstBias = "0" }: {
    /** Declares what the others use. */
    readonly declare?: string;
    readonly first: string;
    readonly end: string;
    readonly left: PlacedMatrix;
    readonly right: PlacedMatrix;
    readonly start: (row: string) => string;
    readonly firstBias?: string;
  },
): string {
  const lanes = edge * edge / 16;
  const across = edge / 4;
  // Inner indices of a block: so many that each invocation loads four numbers of each matrix.
  const depth = edge / 4;
  // A column more, so that invocations which store side by side do not wait for the same bank of memory.
  const pitch = edge + 1;
  const load = (name: string, matrix: PlacedMatrix) =>
    loader(name, matrix, { lanes, edge, depth, pitch });
  const [leftLoader, rightLoader] = [load("left", left), load("right", right)];
  return wgsl`
var<workgroup> leftTile: array<f32, ${depth * pitch}>;
var<workgroup> rightTile: array<f32, ${depth * pitch}>;
` + entry(
    lanes,
    wgsl`
  let place = i32(lane);
  let down = i32(workgroup) / uniforms.groupsAcross;
  let firstColumn = ${edge} * (i32(workgroup) % uniforms.groupsAcross);
  let firstRow = ${edge} * (down % uniforms.groupsDown);
  let at = down / uniforms.groupsDown;
  if (at >= uniforms.batch) {
    return;
  }
  ${declare}
  let row = place / ${across} * 4;
  let column = place % ${across} * 4;
  ${leftLoader.prepare("firstRow")}
  ${rightLoader.prepare("firstColumn")}
  ${lines(range(4).map((i) => `var sum${i} = vec4f();`))}
  let end = ${end};
  for (var inner = ${first}; inner < end; inner += ${depth}) {
    ${leftLoader.load}
    ${rightLoader.load}
    workgroupBarrier();
    for (var q = 0; q < ${depth}; q++) {
      let leftAt = q * ${pitch} + row;
      let rightAt = q * ${pitch} + column;
      let b = vec4f(${range(4).map((j) => `rightTile[rightAt + ${j}]`).join(", ")});
      ${lines(range(4).map((i) => `sum${i} = fma(vec4f(leftTile[leftAt + ${i}]), b, sum${i});`))}
    }
    workgroupBarrier();
  }
  ${
      lines(
        range(4).map((i) =>
          wgsl`
  if (firstRow + row + ${i} < uniforms.m) {
    store(sum${i}, firstColumn + column, ${start(`(firstRow + row + ${i})`)}, ${firstBias});
  }`
        ),
      )
    }`,
  );
}

/** WGSL that puts a block of a matrix into workgroup memory, invocations side by side along what lies side by side. */
function loader(
  name: string,
  { isAlong, line, inner, read }: PlacedMatrix,
  { lanes, edge, depth, pitch }: {
    readonly lanes: number;
    readonly edge: number;
    readonly depth: number;
    readonly pitch: number;
  },
): { readonly prepare: (firstLine: string) => string; readonly load: string } {
  const put = (q: string, atLine: string, value: string, isThere: string) =>
    `${name}Tile[(${q}) * ${pitch} + ${atLine}] = select(0.0, ${value}, ${isThere});`;
  if (isAlong) {
    // One inner index, and four lines.
    const lineOf = (i: number) => `(place / ${depth} + ${i * lanes / depth})`;
    return {
      prepare: (first) =>
        lines([
          `let ${name}Inner = place % ${depth};`,
          ...range(4).map((i) => `let ${name}Line${i} = ${line(`(${first} + ${lineOf(i)})`)};`),
        ]),
      load: lines([
        `let ${name}Place = ${inner(`(inner + ${name}Inner)`)};`,
        ...range(4).map((i) =>
          put(
            `${name}Inner`,
            lineOf(i),
            read(`${name}Line${i} + ${name}Place`),
            `inner + ${name}Inner < end`,
          )
        ),
      ]),
    };
  }
  // One line, and four inner indices.
  return {
    prepare: (first) =>
      lines([
        `let ${name}AtLine = place % ${edge};`,
        `let ${name}Inner = place / ${edge} * 4;`,
        `let ${name}Line = ${line(`(${first} + ${name}AtLine)`)};`,
      ]),
    load: lines(
      range(4).map((q) => {
        const at = `${name}Inner + ${q}`;
        const place = inner(`(inner + ${at})`);
        return put(at, `${name}AtLine`, read(`${name}Line + ${place}`), `inner + ${at} < end`);
      }),
    ),
  };
}
