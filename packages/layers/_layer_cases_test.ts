import type { Shape } from "@gradus/tensor";
import * as fc from "fast-check";
import type { LayerRecord } from "./layer_record.ts";
import type { Padding2d } from "./padding2d.ts";

/** What the tests of all layers know of one kind of layer. */
export interface LayerCase<R extends LayerRecord = LayerRecord> {
  /** What its messages call it. */
  readonly name: string;
  /** What messages call the layer inside of it that refuses a second `init`. Default: itself. */
  readonly innerName?: string;
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
/** Where one number alone could have a gradient that is nearly 0, and a relative error of anything. */
const several = fc.integer({ min: 2, max: 4 });
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

/** Rows or columns: a window, what it spans, and an input that it fits into. */
const anyAxis = fc.record({
  taps: fc.integer({ min: 1, max: 3 }),
  stride: fc.integer({ min: 1, max: 3 }),
  dilation: fc.integer({ min: 1, max: 2 }),
  room: fc.integer({ min: 0, max: 2 }),
});
const anyPadding: fc.Arbitrary<Padding2d> = fc.constantFrom<Padding2d[]>("valid", "same", 0, 1);

const anyConv2d = fc.record({
  rows: anyAxis,
  columns: anyAxis,
  padding: fc.oneof(anyPadding, fc.constant(2)),
  groups: fc.integer({ min: 1, max: 2 }),
  channels: fc.integer({ min: 1, max: 2 }),
  filters: fc.integer({ min: 1, max: 2 }),
  bias: fc.boolean(),
}).map(({ rows, columns, groups, channels, filters, ...settings }) => ({
  record: {
    type: "conv2d",
    filters: groups * filters,
    kernel: [rows.taps, columns.taps],
    stride: [rows.stride, columns.stride],
    dilation: [rows.dilation, columns.dilation],
    groups,
    ...settings,
  } as const,
  inputShape: [...[rows, columns].map(lengthOf), groups * channels],
}));

/** Any pooling layer; a window has to be larger than its padding. */
function anyPool<Type extends "averagePool2d" | "maxPool2d">(type: Type) {
  return fc.record({
    rows: anyAxis,
    columns: anyAxis,
    padding: anyPadding,
    channels: fc.integer({ min: 1, max: 2 }),
  }).map(({ rows, columns, padding, channels }) => {
    const least = padding === 1 ? 2 : 1;
    const window = [rows, columns].map(({ taps }) => Math.max(taps, least));
    return {
      record: {
        type,
        window: window as [number, number],
        stride: [rows.stride, columns.stride] as const,
        padding,
      },
      inputShape: [window[0]! + rows.room, window[1]! + columns.room, channels],
    };
  });
}

function lengthOf(axis: { taps: number; dilation: number; room: number }): number {
  return (axis.taps - 1) * axis.dilation + 1 + axis.room;
}

// Large enough that two numbers alone, whose normalised values hardly move, have a gradient to see.
const anyEpsilon = fc.constantFrom(0.01, 1);

const dense = (units: number, bias = true) => ({ type: "dense", units, bias }) as const;
const alpha = fc.double({ min: 0, max: 2, noNaN: true });

/** A row for each kind of layer. */
export const layerCases: LayerCases = {
  averagePool2d: {
    name: "average pool",
    record: { type: "averagePool2d", window: [2, 3], stride: [2, 1], padding: "valid" },
    shapes: [[5, 4, 2], [2, 2, 2]],
    any: anyPool("averagePool2d"),
  },
  arctan: activation("arctan", { type: "arctan" }),
  batchNorm: {
    name: "batch norm",
    record: { type: "batchNorm", epsilon: 1e-5, momentum: 0.1, scale: "trainable" },
    shapes: [[2, 3], [2, 3]],
    hasOneGradientKernel: true,
    any: anyInput(
      fc.record({
        type: fc.constant("batchNorm"),
        epsilon: anyEpsilon,
        momentum: fc.double({ min: 0, max: 1, noNaN: true }),
        scale: fc.constantFrom<("trainable" | "frozen")[]>("trainable", "frozen"),
      }),
      // Each channel has more than one number in a batch of one, too.
      fc.tuple(several, length, length),
    ),
    spacing: 1,
  },
  conv2d: {
    name: "conv2d",
    record: {
      type: "conv2d",
      filters: 4,
      kernel: [3, 2],
      stride: [1, 2],
      padding: "same",
      dilation: [2, 1],
      groups: 2,
      bias: true,
    },
    shapes: [[4, 5, 2], [4, 3, 4]],
    any: anyConv2d,
  },
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
  globalAveragePool2d: {
    name: "global average pool",
    record: { type: "globalAveragePool2d" },
    shapes: [[4, 3, 2], [2]],
    any: anyInput({ type: "globalAveragePool2d" }, fc.tuple(length, length, length)),
  },
  globalMaxPool2d: {
    name: "global max pool",
    record: { type: "globalMaxPool2d" },
    shapes: [[4, 3, 2], [2]],
    any: anyInput({ type: "globalMaxPool2d" }, fc.tuple(length, length, length)),
  },
  layerNorm: {
    name: "layer norm",
    record: { type: "layerNorm", epsilon: 1e-5 },
    shapes: [[2, 3], [2, 3]],
    hasOneGradientKernel: true,
    any: anyInput(
      fc.record({ type: fc.constant("layerNorm"), epsilon: anyEpsilon }),
      fc.array(several, { minLength: 1, maxLength: 3 }),
    ),
    spacing: 1,
  },
  leakyRelu: {
    name: "leaky relu",
    record: { type: "leakyRelu", alpha: 0.1 },
    shapes: [[2, 3], [2, 3]],
    any: anyInput(fc.record({ type: fc.constant("leakyRelu"), alpha })),
  },
  linear: { ...activation("linear", { type: "linear" }), isView: true },
  maxPool2d: {
    name: "max pool",
    record: { type: "maxPool2d", window: [2, 3], stride: [2, 1], padding: 1 },
    shapes: [[5, 4, 2], [3, 4, 2]],
    any: anyPool("maxPool2d"),
  },
  relu: activation("relu", { type: "relu" }),
  residual: {
    name: "residual",
    innerName: "dense",
    record: {
      type: "residual",
      branch: { type: "sequential", layers: [dense(4), { type: "tanh" }, dense(2)] },
      shortcut: { type: "sequential", layers: [dense(2, false)] },
    },
    shapes: [[3], [2]],
    any: fc.oneof(
      anyInput(
        several.map((units) => ({
          type: "residual",
          branch: { type: "sequential", layers: [dense(3), { type: "tanh" }, dense(units)] },
          shortcut: dense(units, false),
        })),
        fc.tuple(several),
      ),
      anyInput(
        { type: "residual", branch: { type: "sigmoid" }, shortcut: null },
      ),
    ),
  },
  scale: {
    name: "scale",
    record: { type: "scale", factor: -0.5 },
    shapes: [[2, 3], [2, 3]],
    any: anyInput(fc.record({
      type: fc.constant("scale"),
      factor: fc.double({ min: -10, max: 10, noNaN: true }),
    })),
  },
  sequential: {
    name: "dense",
    record: { type: "sequential", layers: [dense(2)] },
    shapes: [[3], [2]],
    any: anyInput(
      fc.tuple(several, several).map(([inner, outer]) => ({
        type: "sequential",
        layers: [
          dense(inner),
          { type: "sequential", layers: [{ type: "tanh" }, { type: "dropout", rate: 0.3 }] },
          dense(outer),
        ],
      })),
      fc.tuple(several),
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
