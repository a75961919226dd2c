import { encodeOnnx } from "@gradus/onnx";
import { softmax, tensor } from "@gradus/tensor";
import { cpu } from "@gradus/tensor/cpu";
import { assertEquals } from "@std/assert";
import { assertClose } from "../assert_close.ts";
import { inFolder } from "../in_folder.ts";
import { askProgram } from "./ask_program.ts";
import { isAsked } from "./is_asked.ts";
import { npmProgram } from "./npm_program.ts";
import { trainedNetworks } from "./networks.ts";
import type { Numbers } from "./numbers.ts";
import type { OnnxRun } from "./onnx_run.ts";

/** What programs in float32 may differ by: the requirement on probabilities. */
const TOLERANCE = 1e-5;

/** Files that PyTorch wrote, and what it made of inputs. */
const golden = `${import.meta.dirname}/../../packages/onnx/golden`;
const goldens: Record<string, { readonly x: Numbers; readonly y: Numbers }> = JSON.parse(
  await Deno.readTextFile(`${golden}/models.json`),
);

/** What onnxruntime makes of files. */
function run(kind: "node" | "web", runs: readonly OnnxRun[]): Promise<Numbers[]> {
  const permissions = ["--allow-read", ...kind === "node" ? ["--allow-env", "--allow-ffi"] : []];
  return askProgram(npmProgram("onnxruntime.ts", { args: [kind], permissions }), runs);
}

for (const kind of ["web", "node"] as const) {
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
  name: "onnxruntime and ONNX take the networks of the apps, and predict what they do",
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
      for (const kind of ["web", "node"] as const) {
        const results = await run(kind, runs);
        expected.forEach((data, place) => assertClose(results[place]!.data, data, TOLERANCE));
      }
    }),
});
