import type { Epilogue, Operand } from "../../backend.ts";
import { ACCUMULATE, RELU, TILE_COLUMNS } from "../kernels/products.ts";
import { ZERO_ADDRESS } from "../layout.ts";
import type { Machine } from "../machine.ts";
import { partBounds, partOfTiles } from "../parts.ts";
import { addressOf } from "../storage.ts";

/** Products that are worth a thread of their own. */
const PRODUCTS_PER_PART = 1 << 18;

/** The most steps of `k` in one go: a panel of `b` stays in the first cache. */
const INNER_BLOCK = 384;

/** Tiles of a result, for each part, that are too few to be cut evenly. */
const FEW_TILES = 8;

/** Rows further apart than this are copied next to each other before they are read again and again. */
const FAR_BYTES = 1024;

interface Matrices {
  readonly a: Operand;
  readonly b: Operand;
  readonly out: Operand;
}

type MatmulOptions = Epilogue & {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  readonly accumulate?: boolean;
};

/** A product of strided matrices: what is left of operands once their places are known. */
interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly aStride: number;
  readonly bStride: number;
  readonly cStride: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly accumulate: boolean;
  readonly relu: boolean;
  readonly bias: number;
}

export function matmul(
  machine: Machine,
  { a, b, out }: Matrices,
  options: MatmulOptions,
): void {
  const { transposeA = false, transposeB = false, accumulate = false, bias } = options;
  const [m, n] = [out.shape[0]!, out.shape[1]!];
  const k = transposeA ? a.shape[0]! : a.shape[1]!;
  const product: Product = {
    m,
    n,
    k,
    a: addressOf(a),
    b: addressOf(b),
    c: addressOf(out),
    aStride: 4 * (transposeA ? m : k),
    bStride: 4 * (transposeB ? k : n),
    cStride: 4 * n,
    transposeA,
    transposeB,
    accumulate,
    relu: options.activation === "relu",
    bias: bias ? addressOf(bias) : 0,
  };
  const parts = m * n * k < machine.threads.count * PRODUCTS_PER_PART ? 1 : machine.threads.count;
  if (parts === 1) return multiply(machine, 0, product);
  const tiles = Math.ceil(m / machine.tileRows) * Math.ceil(n / TILE_COLUMNS);
  const hasEpilogue = product.relu || product.bias !== 0;
  if (tiles < FEW_TILES * parts && k >= INNER_BLOCK * parts && !hasEpilogue) {
    return multiplyInParts(machine, product, parts);
  }
  // Columns are the better cut: no part then packs what another packs too.
  const cutsColumns = n >= 4 * TILE_COLUMNS * parts || n >= m;
  for (let part = parts - 1; part >= 0; part--) {
    multiply(
      machine,
      part,
      cutsColumns ? columnsOf(product, part, parts) : rowsOf(machine, product, part, parts),
    );
  }
  machine.threads.join();
}

function columnsOf(product: Product, part: number, parts: number): Product {
  const count = { count: product.n, tile: TILE_COLUMNS };
  const first = partOfTiles(part, parts, count);
  return {
    ...product,
    n: partOfTiles(part + 1, parts, count) - first,
    b: product.b + (product.transposeB ? product.bStride : 4) * first,
    c: product.c + 4 * first,
    bias: product.bias === 0 ? 0 : product.bias + 4 * first,
  };
}

function rowsOf(machine: Machine, product: Product, part: number, parts: number): Product {
  const count = { count: product.m, tile: machine.tileRows };
  const first = partOfTiles(part, parts, count);
  return {
    ...product,
    m: partOfTiles(part + 1, parts, count) - first,
    a: product.a + (product.transposeA ? 4 : product.aStride) * first,
    c: product.c + product.cStride * first,
  };
}

/** A small result of long sums: each part sums a stretch of `k`, then their results are added in order. */
function multiplyInParts(machine: Machine, product: Product, parts: number): void {
  const { threads } = machine;
  const { k, m, n, c } = product;
  const { add } = machine.kernels.elementwise.binary;
  const sizeBytes = Math.ceil((4 * m * n) / 64) * 64;
  const sums = machine.scratch(
    threads.count,
    (parts - 1) * sizeBytes,
    "the partial sums of a matrix product",
  );
  const resultOf = (part: number) => part === 0 ? c : sums + (part - 1) * sizeBytes;
  for (let part = parts - 1; part >= 0; part--) {
    const first = partBounds(part, parts, k);
    multiply(machine, part, {
      ...product,
      k: partBounds(part + 1, parts, k) - first,
      a: product.a + (product.transposeA ? product.aStride : 4) * first,
      b: product.b + (product.transposeB ? 4 : product.bStride) * first,
      c: resultOf(part),
      accumulate: part === 0 && product.accumulate,
    });
  }
  threads.join();
  for (let part = 1; part < parts; part++) {
    threads.call(0, add.bothVary, c, 0, resultOf(part), 0, c, 1, m * n);
  }
}

/** One part's product, by blocks of `k`. */
function multiply(machine: Machine, part: number, product: Product): void {
  const { m, n, k } = product;
  if (m === 0 || n === 0) return;
  const blocks = Math.ceil(k / INNER_BLOCK);
  const length = Math.ceil(k / blocks / 4) * 4;
  for (let first = 0; first < k; first += length) {
    multiplyBlock(machine, part, { ...product, first, length: Math.min(length, k - first) });
  }
}

function multiplyBlock(
  machine: Machine,
  part: number,
  p: Product & { first: number; length: number },
): void {
  const { threads, tileRows } = machine;
  const { packColumns, packRows, multiplyRows, multiplyColumns } = machine.kernels.products;
  const { m, n, first, length, bias, aStride, bStride, cStride } = p;
  const isLast = first + length === p.k;
  const flags = (p.accumulate || first > 0 ? ACCUMULATE : 0) | (p.relu && isLast ? RELU : 0);
  const lastBias = isLast ? bias : 0;

  // b: in panels of 8 columns, packed where it is transposed, or large and used often.
  const isPacked = p.transposeB || (bStride >= FAR_BYTES && m > 2 * tileRows);
  const panels = Math.ceil(n / TILE_COLUMNS);
  const panelBytes = isPacked ? length * 32 * panels : 0;
  const copiesA = p.transposeA && aStride >= FAR_BYTES && n > 2 * TILE_COLUMNS;
  const blockRows = copiesA ? 16 * tileRows : m;
  const scratchBytes = panelBytes + (copiesA ? 4 * blockRows * length : 0);
  const scratch = scratchBytes === 0
    ? 0
    : machine.scratch(part, scratchBytes, "packed operands of a matrix product");
  let b = p.b + (p.transposeB ? 4 : bStride) * first;
  let [panelStride, bStep] = [32, bStride];
  if (isPacked) {
    const pack = p.transposeB ? packRows : packColumns;
    threads.call(part, pack, length, n, b, bStride, scratch, 32 * length);
    [b, panelStride, bStep] = [scratch, 32 * length, 32];
  }

  if (!p.transposeA) {
    const a = p.a + 4 * first;
    threads.call(
      part,
      multiplyRows,
      m,
      n,
      a,
      0,
      aStride,
      ZERO_ADDRESS,
      1,
      length,
      b,
      panelStride,
      bStep,
      p.c,
      0,
      cStride,
      flags,
      lastBias,
    );
    return;
  }
  for (let row = 0; row < m; row += blockRows) {
    const rows = Math.min(blockRows, m - row);
    let a = p.a + aStride * first + 4 * row;
    let aStep = aStride;
    if (copiesA) {
      const copy = scratch + panelBytes;
      aStep = 4 * blockRows;
      threads.call(
        part,
        machine.kernels.movement.copyRows,
        a,
        aStride,
        copy,
        aStep,
        length,
        4 * rows,
      );
      a = copy;
    }
    threads.call(
      part,
      multiplyColumns,
      rows,
      n,
      length,
      a,
      0,
      aStep,
      b,
      panelStride,
      bStep,
      p.c + cStride * row,
      0,
      cStride,
      flags,
      lastBias,
    );
  }
}
