import type { Shape } from "@gradus/tensor";
import * as fc from "fast-check";
import type { LayerRecord } from "./layer_record.ts";

/** What the tests of all layers know of one kind of layer. */
export interface LayerCase<R extends LayerRecord = LayerRecord> {
  /** What its messages call it. */
  readonly name: string;
  /** One layer of the kind, as `toJSON` writes it. */
  readonly record: R;
  /** Shape of one input, and of one output of that layer. */
  readonly shapes: readonly [input: Shape, output: Shape];
  /** Whether outputs lie in the input's memory, as no number changes. */
  readonly isView?: boolean;
  /** Whether one kernel makes the gradients of all its parameters and of its input. */
  readonly hasOneGradientKernel?: boolean;
  /** Any layer of the kind, with a shape of input, for checks of the gradient. */
  readonly any: fc.Arbitrary<{ readonly record: R; readonly inputShape: Shape }>;
  /** Distance between the numbers of the input in checks of the gradient. Default: 0.021. */
  readonly spacing?: number;
}

/** A new kind of layer without a row does not compile. */
export type LayerCases = {
  readonly [Type in LayerRecord["type"]]: LayerCase<Extract<LayerRecord, { type: Type }>>;
};

const length = fc.integer({ min: 1, max: 4 });
const anyShape: fc.Arbitrary<Shape> = fc.array(length, { maxLength: 3 });

function anyInput<R extends LayerRecord>(
  record: R | fc.Arbitrary<R>,
  inputShape: fc.Arbitrary<Shape> = anyShape,
): LayerCase<R>["any"] {
  return fc.record({
    record: record instanceof fc.Arbitrary ? record : fc.constant(record),
    inputShape,
  });
}

/** An activation without settings, on images. */
function activation<R extends LayerRecord>(name: string, record: R): LayerCase<R> {
  return { name, record, shapes: [[2, 3], [2, 3]], any: anyInput(record) };
}

const dense = (units: number, bias = true) => ({ type: "dense", units, bias }) as const;
const alpha = fc.double({ min: 0, max: 2, noNaN: true });

/** A row for each kind of layer. */
export const layerCases: LayerCases = {
  arctan: activation("arctan", { type: "arctan" }),
  dense: {
    name: "dense",
    record: dense(2),
    shapes: [[3], [2]],
    any: anyInput(
      fc.record({ type: fc.constant("dense"), units: length, bias: fc.boolean() }),
      fc.tuple(length),
    ),
  },
  dropout: {
    name: "dropout",
    record: { type: "dropout", rate: 0.5 },
    shapes: [[2, 3], [2, 3]],
    any: anyInput(fc.record({
      type: fc.constant("dropout"),
      rate: fc.double({ min: 0, max: 0.9, noNaN: true }),
    })),
  },
  elu: {
    name: "elu",
    record: { type: "elu", alpha: 0.5 },
    shapes: [[2, 3], [2, 3]],
    any: anyInput(fc.record({ type: fc.constant("elu"), alpha })),
  },
  flatten: {
    name: "flatten",
    record: { type: "flatten" },
    shapes: [[2, 3], [6]],
    isView: true,
    any: anyInput({ type: "flatten" }),
  },
  gelu: activation("gelu", { type: "gelu" }),
  leakyRelu: {
    name: "leaky relu",
    record: { type: "leakyRelu", alpha: 0.1 },
    shapes: [[2, 3], [2, 3]],
    any: anyInput(fc.record({ type: fc.constant("leakyRelu"), alpha })),
  },
  linear: { ...activation("linear", { type: "linear" }), isView: true },
  relu: activation("relu", { type: "relu" }),
  sequential: {
    name: "dense",
    record: { type: "sequential", layers: [dense(2)] },
    shapes: [[3], [2]],
    any: anyInput(
      fc.tuple(length, length).map(([inner, outer]) => ({
        type: "sequential",
        layers: [
          dense(inner),
          { type: "sequential", layers: [{ type: "tanh" }, { type: "dropout", rate: 0.3 }] },
          dense(outer),
        ],
      })),
      fc.tuple(length),
    ),
  },
  sigmoid: activation("sigmoid", { type: "sigmoid" }),
  silu: activation("silu", { type: "silu" }),
  softmax: {
    ...activation("softmax", { type: "softmax" }),
    any: anyInput({ type: "softmax" }, fc.array(length, { minLength: 1, maxLength: 3 })),
  },
  softplus: activation("softplus", { type: "softplus" }),
  tanh: activation("tanh", { type: "tanh" }),
};
