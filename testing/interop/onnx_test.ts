/**
 * onnxruntime runs what `@gradus/onnx` writes, ONNX's own checker passes it, and what PyTorch writes is read.
 *
 * @module
 */
import { decodeOnnx, encodeOnnx, parseOnnx } from "@gradus/onnx";
import { softmax, tensor, transpose } from "@gradus/tensor";
import { cpu } from "@gradus/tensor/cpu";
import { reference } from "@gradus/tensor/reference";
import { assertEquals } from "@std/assert";
import { assertClose } from "../assert_close.ts";
import { inFolder } from "../in_folder.ts";
import { askProgram } from "./ask_program.ts";
import { exampleModels } from "./example_models.ts";
import { isAsked } from "./is_asked.ts";
import { trainedNetworks } from "./networks.ts";
import { npmProgram } from "./npm_program.ts";
import type { Numbers } from "./numbers.ts";
import type { OnnxRun } from "./onnx_run.ts";
import { lacksPython, python } from "./python.ts";

/** What programs in float32 may differ by: the requirement on probabilities. */
const TOLERANCE = 1e-5;

const kinds = ["web", "node"] as const;

/** Files that PyTorch wrote, and what it made of inputs. */
const golden = `${import.meta.dirname}/../../packages/onnx/golden`;
const goldens: Record<string, { readonly x: Numbers; readonly y: Numbers }> = JSON.parse(
  await Deno.readTextFile(`${golden}/models.json`),
);

const backend = reference();

const lacksOnnx = await lacksPython("onnx");
const lacksTorch = await lacksPython("torch");

/** What onnxruntime makes of files. */
function run(kind: (typeof kinds)[number], runs: readonly OnnxRun[]): Promise<Numbers[]> {
  const permissions = ["--allow-read", ...kind === "node" ? ["--allow-env", "--allow-ffi"] : []];
  return askProgram(npmProgram("onnxruntime.ts", { args: [kind], permissions }), runs);
}

for (const kind of kinds) {
  Deno.test({
    name: `onnxruntime-${kind} makes of PyTorch's files what PyTorch does`,
    ignore: !isAsked,
    fn: async () => {
      const runs = Object.entries(goldens).map(([name, { x }]) => ({
        path: `${golden}/${name}.onnx`,
        x,
      }));
      const results = await run(kind, runs);
      Object.values(goldens).forEach(({ y }, place) => {
        assertEquals(results[place]!.shape, y.shape);
        assertClose(results[place]!.data, y.data, TOLERANCE);
      });
    },
  });
}

Deno.test({
  name: "onnxruntime predicts what the networks of the apps do",
  ignore: !isAsked,
  fn: () =>
    inFolder(async (folder) => {
      const backend = await cpu({ threads: 1 });
      const runs: OnnxRun[] = [];
      const expected: ArrayLike<number>[] = [];
      for (const { name, model, test } of await trainedNetworks(backend)) {
        const path = `${folder}/${name}.onnx`;
        await Deno.writeFile(path, await encodeOnnx(model, { softmax: true }));
        const x = tensor(backend, test.x.data, { shape: test.x.shape });
        expected.push(await softmax(model.predict(x)).data());
        runs.push({ path, x: { shape: test.x.shape, data: [...test.x.data] } });
      }
      await backend.close();
      for (const kind of kinds) {
        const results = await run(kind, runs);
        expected.forEach((data, place) => assertClose(results[place]!.data, data, TOLERANCE));
      }
    }),
});

Deno.test({
  name: "onnxruntime predicts what each layer does",
  ignore: !isAsked,
  fn: () =>
    inFolder(async (folder) => {
      const runs: OnnxRun[] = [];
      const expected: Numbers[] = [];
      for (const { model, x } of exampleModels(backend)) {
        const path = `${folder}/${runs.length}.onnx`;
        await Deno.writeFile(path, await encodeOnnx(model));
        const y = model.predict(tensor(backend, x.data, x));
        expected.push({ shape: y.shape, data: [...await y.data()] });
        runs.push({ path, x });
      }
      for (const kind of kinds) {
        const results = await run(kind, runs);
        expected.forEach(({ shape, data }, place) => {
          assertEquals(results[place]!.shape, shape);
          assertClose(results[place]!.data, data, TOLERANCE);
        });
      }
    }),
});

Deno.test({
  name: `ONNX's checker passes each layer, and finds the shape of its output${
    lacksOnnx ? " (python3-onnx is not installed)" : ""
  }`,
  ignore: !isAsked || lacksOnnx,
  fn: () =>
    inFolder(async (folder) => {
      const paths: string[] = [];
      const shapes: unknown[] = [];
      for (const { model } of exampleModels(backend)) {
        const bytes = await encodeOnnx(model);
        paths.push(`${folder}/${paths.length}.onnx`);
        await Deno.writeFile(paths.at(-1)!, bytes);
        shapes.push(parseOnnx(bytes).graph.outputs[0]!.shape);
      }
      const program = `${import.meta.dirname}/check_onnx.py`;
      assertEquals(await askProgram([python, program], paths), shapes);
    }),
});

Deno.test({
  name: `networks of the apps that PyTorch wrote as ONNX predict what they do there${
    lacksTorch ? " (PyTorch is not installed)" : ""
  }`,
  ignore: !isAsked || lacksTorch,
  fn: () =>
    inFolder(async (folder) => {
      const answer = await askProgram<typeof goldens>(
        [python, `${import.meta.dirname}/export_onnx.py`],
        folder,
      );
      assertEquals(Object.keys(answer), ["iris", "fashion_mnist", "cifar"]);
      for (const [name, { x, y }] of Object.entries(answer)) {
        const { model, isInputTransposed } = decodeOnnx(
          await Deno.readFile(`${folder}/${name}.onnx`),
          { backend, name },
        );
        const input = tensor(backend, x.data, x);
        const output = model.predict(
          isInputTransposed ? transpose(input, { axes: [0, 2, 3, 1] }) : input,
        );
        assertEquals(output.shape, y.shape);
        assertClose(await output.data(), y.data, TOLERANCE);
      }
    }),
});
