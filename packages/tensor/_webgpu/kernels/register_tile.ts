import { entry, wgsl } from "../wgsl.ts";

/**
 * The part of a product of matrices that one invocation computes, with its sums in registers; columns are
 * vectors of four. A processor that plays a GPU loads numbers one by one for each of its lanes, so what
 * counts is how many products there are to a load: large tiles.
 */
export interface RegisterTile {
  readonly family: "registers";
  readonly rows: 4 | 8 | 16;
  readonly columns: 4 | 8 | 16;
}

/** How an invocation gets its rows of the left matrix. */
export interface Left {
  /** WGSL that declares the numbers of all rows for `count` products, at most four. */
  readonly load: (count: number) => string;
  /** The number of a row for product `q`: an `f32`. */
  readonly at: (row: number, q: number) => string;
}

/** How an invocation gets its columns of the right matrix. */
export interface Right {
  /** WGSL that declares the numbers of four columns for `count` products, at most four. */
  readonly load: (quad: number, count: number) => string;
  /** The numbers of four columns for product `q`: a `vec4f`. */
  readonly at: (quad: number, q: number) => string;
}

/** Invocations of a workgroup; they share nothing. */
const LANES = 32;

/** Invocations of a workgroup that have tiles side by side; below them are others. */
function lanesAcross(tile: RegisterTile, n: number): number {
  const tiles = Math.ceil(n / tile.columns);
  return tiles > 4 ? 8 : tiles > 2 ? 4 : tiles;
}

/** What a {@linkcode registerProgram} adds to the record of its run. */
export function registerGrid(
  tile: RegisterTile,
  { m, n, batch }: { readonly m: number; readonly n: number; readonly batch: number },
): {
  readonly key: string;
  readonly workgroups: number;
  readonly i32: Readonly<Record<string, number>>;
} {
  const across = lanesAcross(tile, n);
  const groupsAcross = Math.ceil(n / tile.columns / across);
  const groupsDown = Math.ceil(m / tile.rows / (LANES / across));
  return {
    key: `${tile.rows}×${tile.columns}/${across}`,
    workgroups: groupsAcross * groupsDown * batch,
    i32: { m, n, batch, groupsAcross, groupsDown },
  };
}

/**
 * A program whose invocations have a tile each: its first `row` and `column`, in product number `at` of
 * those that run at once.
 */
export function registerProgram(tile: RegisterTile, n: number, body: string): string {
  const across = lanesAcross(tile, n);
  return entry(
    LANES,
    wgsl`
  let place = i32(lane);
  let down = i32(workgroup) / uniforms.groupsAcross;
  let groupColumn = i32(workgroup) % uniforms.groupsAcross;
  let column = ${tile.columns} * (groupColumn * ${across} + place % ${across});
  let groupRow = down % uniforms.groupsDown;
  let row = ${tile.rows} * (groupRow * ${LANES / across} + place / ${across});
  let at = down / uniforms.groupsDown;
  if (row >= uniforms.m || column >= uniforms.n || at >= uniforms.batch) {
    return;
  }
  ${body}`,
  );
}

/** Declares the sums of a tile, at zero: `sum⟨row⟩_⟨quad of columns⟩`. */
export function declareSums(tile: RegisterTile): string {
  return lines(
    range(tile.rows).map((i) =>
      range(tile.columns / 4).map((quad) => `var sum${i}_${quad} = vec4f();`).join(" ")
    ),
  );
}

/** What the program of a loop over so many terms depends on. */
export interface Terms {
  readonly key: string;
  /** Terms after the last four. */
  readonly rest: number;
  /** Whether there are no four. */
  readonly isShort: boolean;
}

export function termsOf(count: number): Terms {
  const [rest, isShort] = [count % 4, count < 4];
  return { key: `${rest}${isShort ? "-" : ""}`, rest, isShort };
}

/**
 * Adds products to the sums: a loop over the variable `inner` from `first` to `end`, four terms at a time, and
 * then those that are left over.
 */
export function addProducts(
  tile: RegisterTile,
  { first, end, terms: { rest, isShort }, left, right }: {
    readonly first: string;
    readonly end: string;
    readonly terms: Terms;
    readonly left: Left;
    readonly right: Right;
  },
): string {
  const four = wgsl`
  for (; inner + 4 <= ${end}; inner += 4) {
    ${addBlock(tile, 4, { left, right })}
  }`;
  return wgsl`
  var inner = ${first};
  ${isShort ? "" : four}
  ${rest === 0 ? "" : `if (inner < ${end}) ${addBlock(tile, rest, { left, right })}`}`;
}

/**
 * The sums are too many for a processor's registers. So it takes four columns at a time, and each sum is
 * fetched and put back once for all products of the block.
 */
function addBlock(
  tile: RegisterTile,
  count: number,
  { left, right }: { readonly left: Left; readonly right: Right },
): string {
  const quads = range(tile.columns / 4).map((quad) =>
    lines([
      "{",
      right.load(quad, count),
      ...range(tile.rows).flatMap((i) =>
        range(count).map((q) => {
          const sum = `sum${i}_${quad}`;
          return `${sum} = fma(vec4f(${left.at(i, q)}), ${right.at(quad, q)}, ${sum});`;
        })
      ),
      "}",
    ])
  );
  return lines(["{", left.load(count), ...quads, "}"]);
}

/** An array, of numbers or of vectors of four. What a line beyond the matrix loads does not matter. */
export interface View {
  readonly array: string;
  readonly isVector: boolean;
}

/** WGSL of four numbers side by side, as a vector; in an array of vectors, `at` is a multiple of 4. */
export function loadFour({ array, isVector }: View, at: string): string {
  return isVector
    ? `${array}[(${at}) >> 2u]`
    : `vec4f(${range(4).map((i) => `${array}[${at} + ${i}]`).join(", ")})`;
}

/** Lines of a matrix (rows of the left, columns of the right) whose numbers lie side by side. */
export interface Along extends View {
  /** WGSL of where number 0 is. */
  readonly start: (line: number) => string;
  /** WGSL of what counts instead of a loaded vector. Default: the vector. */
  readonly guard?: (line: number, value: string) => string;
}

/** Lines of a matrix that lie side by side, all of them or each four. */
export interface Across extends View {
  /** WGSL of where number `inner` of a line is. */
  readonly start: (inner: string, line: number) => string;
  /** WGSL of what counts instead of a loaded number or vector; `zero` is of its type. Default: the value. */
  readonly guard?: (inner: string, line: number, loaded: { value: string; zero: string }) => string;
}

/** Rows whose numbers lie side by side. */
export function rowsAlong(tile: RegisterTile, view: Along): Left {
  return {
    load: (count) => lines(range(tile.rows).map((i) => loadAlong("a", view, i, count))),
    at: (i, q) => `a${i}[${q}]`,
  };
}

/** Rows that lie side by side. */
export function rowsAcross(tile: RegisterTile, view: Across): Left {
  return {
    load: (count) =>
      lines(
        range(count).flatMap((q) =>
          range(tile.rows / 4).map((quad) => loadAcross("a", view, { quad, q }))
        ),
      ),
    at: (i, q) => `a${Math.floor(i / 4)}_${q}[${i % 4}]`,
  };
}

/** Columns whose numbers lie side by side. */
export function columnsAlong(view: Along): Right {
  const columns = (quad: number) => range(4).map((j) => 4 * quad + j);
  return {
    load: (quad, count) => lines(columns(quad).map((j) => loadAlong("b", view, j, count))),
    at: (quad, q) => `vec4f(${columns(quad).map((j) => `b${j}[${q}]`).join(", ")})`,
  };
}

/** Columns that lie side by side. */
export function columnsAcross(view: Across): Right {
  return {
    load: (quad, count) => lines(range(count).map((q) => loadAcross("b", view, { quad, q }))),
    at: (quad, q) => `b${quad}_${q}`,
  };
}

/** Declares a vector of `count` numbers of a line. */
function loadAlong(name: string, view: Along, line: number, count: number): string {
  const { array, isVector, start, guard = (_, value) => value } = view;
  const at = `${start(line)} + inner`;
  const value = isVector
    ? `${array}[(${at}) >> 2u]`
    : `vec4f(${range(4).map((q) => q < count ? `${array}[${at} + ${q}]` : "0.0").join(", ")})`;
  return `let ${name}${line} = ${guard(line, value)};`;
}

/** Declares a vector of a number of four lines. */
function loadAcross(
  name: string,
  view: Across,
  { quad, q }: { readonly quad: number; readonly q: number },
): string {
  const { array, isVector, start, guard = (_inner, _line, { value }) => value } = view;
  const inner = `(inner + ${q})`;
  const load = (line: number) => {
    const at = start(inner, line);
    return isVector
      ? guard(inner, line, { value: `${array}[(${at}) >> 2u]`, zero: "vec4f()" })
      : guard(inner, line, { value: `${array}[${at}]`, zero: "0.0" });
  };
  const first = 4 * quad;
  return isVector
    ? `let ${name}${quad}_${q} = ${load(first)};`
    : `let ${name}${quad}_${q} = vec4f(${range(4).map((i) => load(first + i)).join(", ")});`;
}

/**
 * Hands each vector of sums to the function `store` of `epilogue`. All are WGSL: `start` of where its row
 * begins, `firstBias` of the bias of column 0, and `next` of what is done after each row.
 */
export function storeSums(
  tile: RegisterTile,
  { start, firstBias = "0", next = "" }: {
    readonly start: (row: number) => string;
    readonly firstBias?: string;
    readonly next?: string;
  },
): string {
  return range(tile.rows).map((i) =>
    wgsl`
  if (row + ${i} < uniforms.m) {
    let start = ${start(i)};
    ${
      lines(
        range(tile.columns / 4).map((quad) =>
          `store(sum${i}_${quad}, column + ${4 * quad}, start, ${firstBias});`
        ),
      )
    }
  }
  ${next}`
  ).join("");
}

export function lines(parts: readonly string[]): string {
  return parts.join("\n    ");
}

export function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}
