/** Softmax and the losses: kernels that go row by row, or sum over all numbers. @module */

import type { PointwiseLossOp } from "../../backend.ts";
import type { FunctionBuilder, Local } from "../assembler.ts";
import type { Library } from "../library.ts";
import {
  f32,
  f32x4,
  f64,
  f64x2,
  i32,
  i32x4,
  select,
  type Term,
  v128,
  type Value,
} from "../instructions.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { mapRows } from "./elementwise.ts";
import { extremeOfRow, MAX } from "./extremes.ts";
import { Functions } from "./functions.ts";
import {
  foldLanes,
  forEachVector,
  insideMask,
  loadVector,
  promoted,
  storeVector,
  sumOfPair,
  type VectorPlace,
} from "./vectors.ts";

/** Numbers of the kernels of this file. */
export interface SoftmaxKernels {
  readonly softmax: number;
  readonly logSoftmax: number;
  readonly softmaxGradient: number;
  readonly softmaxCrossEntropy: number;
  readonly crossEntropy: number;
  readonly crossEntropyGradient: number;
  readonly loss: Record<PointwiseLossOp, number>;
  readonly lossGradient: Record<PointwiseLossOp, number>;
}

export function addSoftmax(library: Library, arithmetic: Arithmetic): SoftmaxKernels {
  return {
    softmax: addSoftmaxRows(library, arithmetic),
    logSoftmax: addLogSoftmaxRows(library, arithmetic),
    softmaxGradient: addSoftmaxGradient(library),
    softmaxCrossEntropy: addSoftmaxCrossEntropy(library, arithmetic),
    crossEntropy: addCrossEntropy(library, arithmetic),
    crossEntropyGradient: addCrossEntropyGradient(library),
    loss: mapRows(lossCode, (op) => addLoss(library, arithmetic, op)),
    lossGradient: mapRows(lossCode, (op) => addLossGradient(library, arithmetic, op)),
  };
}

type Row = Local<"i32">;

const ROWS = { x: "i32", out: "i32", rows: "i32", columns: "i32" } as const;

/** Σ of what `term` makes of each vector of a row, in all lanes. */
function sumOverRow(
  f: FunctionBuilder,
  columns: Row,
  term: (place: VectorPlace) => Value<"v128">,
): Local<"v128"> {
  const sum = f.let(f32x4.constant(0));
  forEachVector(f, columns, (place) => {
    const value = f.let(term(place));
    f.set(sum, f32x4.add(sum, v128.and(value, insideMask(place))));
  });
  return foldLanes(f, sum, f32x4.add);
}

function addSoftmaxRows(library: Library, arithmetic: Arithmetic): number {
  return library.add("softmax", { parameters: ROWS }, (f, { x, out, rows, columns }) => {
    const functions = new Functions(f, arithmetic);
    f.while(rows, () => {
      const max = extremeOfRow(f, { x, columns }, MAX);
      const sum = sumOverRow(f, columns, (place) => {
        const e = functions.exp(f32x4.sub(loadVector(x, place), max));
        storeVector(f, out, e, place);
        return e;
      });
      forEachVector(f, columns, (place) => {
        storeVector(f, out, f32x4.div(loadVector(out, place), sum), place);
      });
      nextRow(f, rows, { of: [x, out], columns });
    });
  });
}

function addLogSoftmaxRows(library: Library, arithmetic: Arithmetic): number {
  return library.add("logSoftmax", { parameters: ROWS }, (f, { x, out, rows, columns }) => {
    const functions = new Functions(f, arithmetic);
    f.while(rows, () => {
      const max = extremeOfRow(f, { x, columns }, MAX);
      const sum = sumOverRow(
        f,
        columns,
        (place) => functions.exp(f32x4.sub(loadVector(x, place), max)),
      );
      const logSum = f.let(functions.log(sum));
      forEachVector(f, columns, (place) => {
        storeVector(f, out, f32x4.sub(f32x4.sub(loadVector(x, place), max), logSum), place);
      });
      nextRow(f, rows, { of: [x, out], columns });
    });
  });
}

/** `out = y · (dy − Σ dy · y)`. */
function addSoftmaxGradient(library: Library): number {
  const parameters = { y: "i32", dy: "i32", out: "i32", rows: "i32", columns: "i32" } as const;
  return library.add("softmaxGradient", { parameters }, (f, { y, dy, out, rows, columns }) => {
    f.while(rows, () => {
      const dot = sumOverRow(
        f,
        columns,
        (place) => f32x4.mul(loadVector(y, place), loadVector(dy, place)),
      );
      forEachVector(f, columns, (place) => {
        storeVector(
          f,
          out,
          f32x4.mul(loadVector(y, place), f32x4.sub(loadVector(dy, place), dot)),
          place,
        );
      });
      nextRow(f, rows, { of: [y, dy, out], columns });
    });
  });
}

/** Targets of a row after the other, from labels or from a table; the address of what there is not is 0. */
class Targets {
  readonly #f: FunctionBuilder;
  readonly #labels: Row;
  readonly #table: Row;
  readonly #classes: Row;
  readonly #label: Row;
  /** 0, or NaN in the row of a label that is no class. */
  readonly #flaw: Local<"v128">;

  constructor(f: FunctionBuilder, p: { labels: Row; table: Row; classes: Row }) {
    this.#f = f;
    [this.#labels, this.#table, this.#classes] = [p.labels, p.table, p.classes];
    [this.#label, this.#flaw] = [f.local("i32"), f.local("v128")];
  }

  startRow(): void {
    const f = this.#f;
    f.if(this.#labels, () => {
      f.set(this.#label, i32.load(this.#labels));
      const isClass = i32.ltU(this.#label, this.#classes);
      f.set(this.#flaw, f32x4.splat(select(isClass, f32.constant(0), f32.constant(NaN))));
      f.increase(this.#labels, 4);
    });
  }

  at(place: VectorPlace): Local<"v128"> {
    const f = this.#f;
    const target = f.local("v128");
    f.if(this.#labels, () => {
      const column = i32x4.add(
        i32x4.splat(i32.shrU(place.offset, 2)),
        i32x4.lanes([0, 1, 2, 3]),
      );
      const isLabel = i32x4.eq(column, i32x4.splat(this.#label));
      f.set(target, f32x4.add(v128.and(isLabel, f32x4.constant(1)), this.#flaw));
    }, () => f.set(target, loadVector(this.#table, place)));
    return target;
  }

  endRow(): void {
    const f = this.#f;
    f.if(this.#table, () => f.increase(this.#table, i32.shl(this.#classes, 2)));
  }
}

/**
 * With t = weight · (kept · target + share): `loss`, a float64, becomes −Σ t · ln p, and the gradient
 * (p · Σ t − t) / count. `labels` or `table` is an address, the other 0; so may be `weight`.
 */
function addSoftmaxCrossEntropy(library: Library, arithmetic: Arithmetic): number {
  const parameters = {
    logits: "i32",
    labels: "i32",
    table: "i32",
    weight: "i32",
    rows: "i32",
    classes: "i32",
    kept: "f32",
    share: "f32",
    count: "f32",
    gradient: "i32",
    loss: "i32",
  } as const;
  return library.add("softmaxCrossEntropy", { parameters }, (f, p) => {
    const functions = new Functions(f, arithmetic);
    const { logits, gradient, classes } = p;
    const [kept, share, count] = [p.kept, p.share, p.count].map((n) => f.let(f32x4.splat(n))) as [
      Local<"v128">,
      Local<"v128">,
      Local<"v128">,
    ];
    const loss = f.local("f64");
    const targets = new Targets(f, p);
    const target = f.local("v128");
    const setTarget = (place: VectorPlace) => {
      f.set(target, f32x4.add(f32x4.mul(targets.at(place), kept), share));
      f.if(p.weight, () => f.set(target, f32x4.mul(target, loadVector(p.weight, place))));
    };
    f.while(p.rows, () => {
      targets.startRow();
      const max = extremeOfRow(f, { x: logits, columns: classes }, MAX);
      const sum = sumOverRow(f, classes, (place) => {
        const e = functions.exp(f32x4.sub(loadVector(logits, place), max));
        storeVector(f, gradient, e, place);
        return e;
      });
      const total = sumOverRow(f, classes, (place) => {
        setTarget(place);
        return target;
      });
      const logSum = f.let(functions.log(sum));
      const rowLoss = sumOverRow(f, classes, (place) => {
        setTarget(place);
        const chance = f.let(f32x4.div(loadVector(gradient, place), sum));
        const slope = f32x4.div(f32x4.sub(f32x4.mul(chance, total), target), count);
        storeVector(f, gradient, slope, place);
        const logChance = f32x4.sub(f32x4.sub(loadVector(logits, place), max), logSum);
        // 0 · ln 0 is 0: a class that is no target may be impossible.
        return v128.and(f32x4.mul(target, logChance), f32x4.ne(target, 0));
      });
      f.set(loss, f64.sub(loss, f64.promote(f32x4.lane(rowLoss, 0))));
      targets.endRow();
      nextRow(f, p.rows, { of: [logits, gradient], columns: classes });
    });
    f.run(f64.store(p.loss, loss));
  });
}

const CROSS_ENTROPY = {
  p: "i32",
  labels: "i32",
  table: "i32",
  rows: "i32",
  classes: "i32",
  count: "f32",
  out: "i32",
} as const;

/** `out`, a float64, `= −Σ target · ln p`. */
function addCrossEntropy(library: Library, arithmetic: Arithmetic): number {
  return library.add("crossEntropy", { parameters: CROSS_ENTROPY }, (f, operands) => {
    const { p, rows, classes, out } = operands;
    const functions = new Functions(f, arithmetic);
    const targets = new Targets(f, operands);
    const loss = f.local("f64");
    f.while(rows, () => {
      targets.startRow();
      const rowLoss = sumOverRow(f, classes, (place) => {
        const target = targets.at(place);
        const isTarget = f.let(f32x4.ne(target, 0));
        const term = f.let(f32x4.constant(0));
        // 0 · ln 0 is 0: a class that is no target may be impossible. Most vectors have none.
        f.if(i32x4.bitmask(isTarget), () => {
          const log = functions.log(f.let(loadVector(p, place)));
          f.set(term, v128.and(f32x4.mul(target, log), isTarget));
        });
        return term;
      });
      f.set(loss, f64.sub(loss, f64.promote(f32x4.lane(rowLoss, 0))));
      targets.endRow();
      nextRow(f, rows, { of: [p], columns: classes });
    });
    f.run(f64.store(out, loss));
  });
}

/** `out = −target / (count · p)`, 0 where the target is 0. */
function addCrossEntropyGradient(library: Library): number {
  return library.add("crossEntropyGradient", { parameters: CROSS_ENTROPY }, (f, operands) => {
    const { p, rows, classes, out } = operands;
    const targets = new Targets(f, operands);
    const count = f.let(f32x4.splat(operands.count));
    f.while(rows, () => {
      targets.startRow();
      forEachVector(f, classes, (place) => {
        const target = targets.at(place);
        const slope = f32x4.div(f32x4.neg(target), f32x4.mul(count, loadVector(p, place)));
        storeVector(f, out, v128.and(slope, f32x4.ne(target, 0)), place);
      });
      targets.endRow();
      nextRow(f, rows, { of: [p, out], columns: classes });
    });
  });
}

function nextRow(
  f: FunctionBuilder,
  rows: Row,
  { of, columns }: { of: readonly Row[]; columns: Row },
): void {
  for (const row of of) f.increase(row, i32.shl(columns, 2));
  f.increase(rows, -1);
}

interface LossOperands {
  readonly p: Local<"v128">;
  readonly t: Local<"v128">;
  readonly delta: Local<"v128">;
}

type LossCode = (functions: Functions, operands: LossOperands) => Value<"v128">;

/** A loss of prediction p and target t, and its slope ∂loss/∂p. */
const lossCode: Record<PointwiseLossOp, { loss: LossCode; slope: LossCode }> = {
  squaredError: {
    loss: (_, { p, t }) => f32x4.mul(f32x4.sub(p, t), f32x4.sub(p, t)),
    slope: (_, { p, t }) => f32x4.mul(f32x4.sub(p, t), 2),
  },
  absoluteError: {
    loss: (_, { p, t }) => f32x4.abs(f32x4.sub(p, t)),
    slope: (_, { p, t }) => {
      const distance = f32x4.sub(p, t);
      const below = v128.select(f32x4.lt(p, t), -1, distance);
      return v128.select(f32x4.gt(p, t), 1, below);
    },
  },
  huber: {
    loss: (_, { p, t, delta }) => {
      const distance = () => f32x4.abs(f32x4.sub(p, t));
      const near = f32x4.mul(f32x4.mul(distance(), distance()), 0.5);
      const far = f32x4.mul(delta, f32x4.sub(distance(), f32x4.mul(delta, 0.5)));
      return v128.select(f32x4.le(distance(), delta), near, far);
    },
    slope: (_, { p, t, delta }) => f32x4.max(f32x4.neg(delta), f32x4.min(delta, f32x4.sub(p, t))),
  },
  binaryCrossEntropyWithLogits: {
    loss: (m, { p, t }) => f32x4.sub(m.softplus(p), f32x4.mul(t, p)),
    slope: (m, { p, t }) => f32x4.sub(m.sigmoid(p), t),
  },
  hinge: {
    loss: (_, { p, t }) => f32x4.max(f32x4.sub(1, f32x4.mul(t, p)), 0),
    slope: (_, { p, t }) => v128.and(f32x4.lt(f32x4.mul(t, p), 1), f32x4.neg(t)),
  },
};

const LOSS = {
  prediction: "i32",
  target: "i32",
  count: "i32",
  delta: "f32",
  size: "f64",
  out: "i32",
} as const;

/** `out`, a float64, `= Σ loss`. */
function addLoss(library: Library, arithmetic: Arithmetic, op: PointwiseLossOp): number {
  return library.add(op, { parameters: LOSS }, (f, operands) => {
    const functions = new Functions(f, arithmetic);
    const delta = f.let(f32x4.splat(operands.delta));
    const sums = [f.let(f64x2.constant(0)), f.let(f64x2.constant(0))];
    forEachVector(f, operands.count, (place) => {
      const p = f.let(loadVector(operands.prediction, place));
      const t = f.let(loadVector(operands.target, place));
      const losses = f.let(lossCode[op].loss(functions, { p, t, delta }));
      promoted(f, v128.and(losses, insideMask(place))).forEach((pair, half) =>
        f.set(sums[half]!, f64x2.add(sums[half]!, pair))
      );
    });
    f.run(f64.store(operands.out, sumOfPair(f, f64x2.add(sums[0]!, sums[1]!))));
  });
}

/** `out = slope / size`. */
function addLossGradient(
  library: Library,
  arithmetic: Arithmetic,
  op: PointwiseLossOp,
): number {
  return library.add(`${op}Slope`, { parameters: LOSS }, (f, operands) => {
    const functions = new Functions(f, arithmetic);
    const delta = f.let(f32x4.splat(operands.delta));
    const size = f.let(f32x4.splat(f32.demote(operands.size)));
    forEachVector(f, operands.count, (place) => {
      const p = f.let(loadVector(operands.prediction, place));
      const t = f.let(loadVector(operands.target, place));
      const slope: Term<"v128"> = lossCode[op].slope(functions, { p, t, delta });
      storeVector(f, operands.out, f32x4.div(slope, size), place);
    });
  });
}
