import { type Random, random } from "@gradus/random";
import {
  type Backend,
  formatShape,
  type NumericArray,
  type Shape,
  ShapeError,
  sizeOf,
  Tensor,
  tensor,
} from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { gradientCheck } from "@gradus/train/gradient-check";
import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import * as fc from "fast-check";
import { assertThrowsExactly } from "./_assert_throws_exactly_test.ts";
import { type LayerCase, layerCases } from "./_layer_cases_test.ts";
import { recordKernels } from "./_record_kernels_test.ts";
import type { Layer } from "./layer.ts";
import { layerFromJson } from "./layer_from_json.ts";

for (const [type, testCase] of Object.entries<LayerCase>(layerCases)) {
  const { name, record, shapes: [inputShape, outputShape], isView = false } = testCase;

  const start = () => startLayer(testCase);

  describe(`the layer ${type}`, () => {
    it("init() returns the shape of one output", () => {
      const layer = layerFromJson(record);
      assertEquals(
        layer.init(inputShape, { backend: reference(), random: random(0) }),
        outputShape,
      );
    });

    it("gives an output, and an input gradient, for each row of a batch", () => {
      const { layer, x, dy } = start();
      for (const batch of [4, 2]) {
        assertEquals(layer.forward(x(batch)).shape, [batch, ...outputShape]);
        assertEquals(layer.backward(dy(batch))!.shape, [batch, ...inputShape]);
        assertEquals(layer.forward(x(batch), "eval").shape, [batch, ...outputShape]);
      }
    });

    it("refuses to run before init()", () => {
      const layer = layerFromJson(record);
      assertThrowsExactly(
        () => layer.forward(normals(reference(), [2, ...inputShape])),
        Error,
        `Cannot run ${name} forward as it must be initialised: call init first`,
      );
    });

    it("refuses a second init(), and stays as it is", () => {
      const { layer, x } = start();
      const parameters = layer.parameters;
      assertThrowsExactly(
        () => layer.init(inputShape, { backend: reference(), random: random(0) }),
        Error,
        `Cannot initialise ${
          testCase.innerName ?? name
        } as a layer must be initialised once: it is, for inputs of ${formatShape(inputShape)}`,
      );
      assertStrictEquals(layer.parameters, parameters);
      layer.forward(x(2));
    });

    it("refuses inputs of a length that is none, and can then be initialised", () => {
      const layer = layerFromJson(record);
      for (const length of [0, -1, 1.5, NaN]) {
        const shape = [length, ...inputShape.slice(1)];
        assertThrows(
          () => layer.init(shape, { backend: reference(), random: random(0) }),
          ShapeError,
          `Cannot use a shape as each length must be a whole number of at least 1: found ${length} in [`,
        );
      }
      layer.init(inputShape, { backend: reference(), random: random(0) });
    });

    it("refuses backward() before, twice after, and after an eval-mode forward()", () => {
      const { layer, x, dy } = start();
      const message =
        `Cannot run ${name} backward as a forward in train mode must come first: found `;
      const never = `${message}no forward since the last backward`;
      assertThrowsExactly(() => layer.backward(dy(2)), Error, never);
      layer.forward(x(2));
      layer.backward(dy(2));
      assertThrowsExactly(() => layer.backward(dy(2)), Error, never);
      layer.forward(x(2));
      layer.forward(x(2), "eval");
      assertThrowsExactly(
        () => layer.backward(dy(2)),
        Error,
        `${message}a forward in eval mode`,
      );
    });

    it("refuses a gradient that is not its output's, and then takes one that is", () => {
      const { layer, backend, x, dy } = start();
      layer.forward(x(2));
      const message = `Cannot run ${name} backward as the gradient must `;
      for (const shape of [[3, ...outputShape], [2, ...outputShape, 1]]) {
        assertThrowsExactly(
          () => layer.backward(new Tensor(backend, shape)),
          ShapeError,
          `${message}have the output's shape ${formatShape([2, ...outputShape])}: found ${
            formatShape(shape)
          }`,
        );
      }
      assertThrowsExactly(
        () => layer.backward(new Tensor(backend, [2, ...outputShape], { dtype: "int32" })),
        ShapeError,
        `${message}be float32, as the output: found int32`,
      );
      assertThrowsExactly(
        () => layer.backward(new Tensor(reference(), [2, ...outputShape])),
        TypeError,
        `${message}be on the input's backend: found a tensor on another one, reference`,
      );
      layer.backward(dy(2));
    });

    it("refuses inputs of another shape, dtype or backend", () => {
      const { layer, backend } = start();
      const message = `Cannot run ${name} forward as inputs must be float32 [batch, ${
        inputShape.join(", ")
      }]`;
      const wrongShapes = [inputShape.slice(1), [2, ...inputShape, 1], [
        2,
        9,
        ...inputShape.slice(1),
      ]];
      for (const shape of wrongShapes) {
        assertThrowsExactly(
          () => layer.forward(new Tensor(backend, shape)),
          ShapeError,
          `${message}: found float32 ${formatShape(shape)}`,
        );
      }
      for (const dtype of ["int32", "float64"] as const) {
        assertThrowsExactly(
          () => layer.forward(new Tensor(backend, [2, ...inputShape], { dtype })),
          ShapeError,
          `${message}: found ${dtype} ${formatShape([2, ...inputShape])}`,
        );
      }
      assertThrowsExactly(
        () => layer.forward(new Tensor(reference(), [2, ...inputShape])),
        TypeError,
        `Cannot run ${name} forward as inputs must be on the layer's backend: found a tensor on another one, reference`,
      );
    });

    it("writes into neither its input nor its gradient", async () => {
      const { layer, ...make } = start();
      const [x, dy] = [make.x(3), make.dy(3)];
      const before = [await x.data(), await dy.data()];
      layer.forward(x, "eval");
      layer.forward(x);
      layer.backward(dy);
      assertEquals([await x.data(), await dy.data()], before);
    });

    it("allocates at the first batch and at a larger one alone", () => {
      const { layer, backend, ...make } = start();
      const [x, dy] = [[5, 3, 8].map(make.x), [5, 3, 8].map(make.dy)];
      const run = (place: number) => {
        const before = backend.memory.allocations;
        layer.forward(x[place]!);
        layer.backward(dy[place]!);
        layer.forward(x[place]!, "eval");
        return backend.memory.allocations - before;
      };
      const first = run(0);
      assertEquals([run(0), run(1), run(0), run(1)], [0, 0, 0, 0]);
      assertEquals(run(2), first);
      assertEquals([run(0), run(1), run(2)], [0, 0, 0]);
      assertEquals(first === 0, isView);
    });

    if (!isView) {
      it("hands out the same tensors until a larger batch comes, when they end", () => {
        const { layer, x, dy } = start();
        const y = layer.forward(x(2));
        const dx = layer.backward(dy(2))!;
        assertStrictEquals(layer.forward(x(2)), y);
        assertStrictEquals(layer.backward(dy(2)), dx);
        layer.forward(x(3));
        layer.backward(dy(3));
        for (const [tensor, shape] of [[y, outputShape], [dx, inputShape]] as const) {
          assertThrowsExactly(
            () => tensor.data(),
            Error,
            `Cannot use a tensor of shape ${
              formatShape([2, ...shape])
            } as its memory must still be its own: it was disposed, or replaced by a larger batch's`,
          );
        }
      });
    }

    it("sets gradients, and adds nothing to them", async () => {
      const { layer, ...make } = start();
      const [x, dy] = [make.x(3), make.dy(3)];
      const run = () => {
        layer.forward(x);
        layer.backward(dy);
        return readGradients(layer);
      };
      assertEquals(await run(), await run());
    });

    it("leaves the input gradient out where it is not wanted, with the same other gradients", async () => {
      const { layer, backend, ...make } = start();
      const [x, dy] = [make.x(3), make.dy(3)];
      layer.forward(x);
      assertNotEquals(layer.backward(dy), null);
      const gradients = await readGradients(layer);
      for (const { gradient } of layer.parameters) backend.fill(NaN, gradient);
      layer.forward(x);
      assertStrictEquals(layer.backward(dy, { inputGradient: false }), null);
      assertEquals(await readGradients(layer), gradients);
    });

    it("computes no gradient of what is frozen", async () => {
      const { layer, backend, ...make } = start();
      const [x, dy] = [make.x(3), make.dy(3)];
      for (const parameter of layer.parameters) {
        parameter.trainable = false;
        backend.fill(NaN, parameter.gradient);
      }
      const kernels = recordKernels(backend);
      layer.forward(x);
      assertEquals(kernels.length > 0, !isView);
      kernels.length = 0;
      layer.backward(dy, { inputGradient: false });
      assertEquals(kernels, []);
      if (testCase.hasOneGradientKernel) return;
      layer.forward(x);
      layer.backward(dy);
      for (const gradient of await readGradients(layer)) {
        assert(gradient.every(Number.isNaN));
      }
    });

    it("has the gradients that differences have", async () => {
      await fc.assert(
        fc.asyncProperty(
          testCase.any,
          fc.integer({ min: 1, max: 3 }),
          fc.nat(),
          async ({ record, inputShape }, batch, seed) => {
            const stream = random(seed);
            const errors = await gradientCheck(
              withRandomParameters(layerFromJson(record), stream),
              {
                inputShape,
                batch,
                random: stream,
                input: spread(batch * sizeOf(inputShape), stream, testCase.spacing ?? 0.021),
              },
            );
            assert(errors.worst < 1e-8, JSON.stringify(errors));
          },
        ),
        // A fixed seed: one case in thousands has gradients so near 0 that rounding is all one sees.
        { numRuns: 50, seed: 1 },
      );
    });
  });
}

/** A layer initialised on a backend of its own, and what makes inputs and gradients for it. */
function startLayer({ record, shapes: [inputShape, outputShape] }: LayerCase) {
  const backend = reference();
  const layer = layerFromJson(record);
  layer.init(inputShape, { backend, random: random(1) });
  return {
    backend,
    layer,
    x: (batch: number) => normals(backend, [batch, ...inputShape]),
    dy: (batch: number) => normals(backend, [batch, ...outputShape]),
  };
}

function normals(backend: Backend, shape: Shape): Tensor {
  const stream = random(shape[0]!);
  const values = new Float32Array(sizeOf(shape)).map(() => stream.normal());
  return tensor(backend, values, { shape });
}

function readGradients(layer: Layer): Promise<NumericArray[]> {
  return Promise.all(layer.parameters.map(({ gradient }) => gradient.data()));
}

/** The same layer, whose biases, scales and shifts start as random as weights do. */
function withRandomParameters(layer: Layer, stream: Random): Layer {
  const init = layer.init.bind(layer);
  layer.init = (inputShape, context) => {
    const outputShape = init(inputShape, context);
    for (const { value } of layer.parameters) {
      value.set(new Float64Array(value.size).map(() => stream.normal()));
    }
    return outputShape;
  };
  return layer;
}

/** Numbers around 0 in random order, half their distance away from 0: no kink or tie is near. */
function spread(count: number, stream: Random, spacing: number): Float64Array {
  return Float64Array.from(
    stream.permutation(count),
    (place) => (place + 0.5 - Math.floor(count / 2)) * spacing,
  );
}
