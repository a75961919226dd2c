/**
 * onnxruntime runs models of ONNX: the argument is `web` or `node`, the standard input a list of
 * {@linkcode OnnxRun} as JSON, the standard output what comes out of each.
 *
 * @module
 */
import type { OnnxRun } from "./onnx_run.ts";
import type { Numbers } from "./numbers.ts";

const ort = Deno.args[0] === "node"
  ? await import("onnxruntime-node") as unknown as typeof import("onnxruntime-web")
  : await import("onnxruntime-web");
console.log = console.info = console.warn = console.error; // the standard output is the answer's
ort.env.wasm.numThreads = 1;

const results: Numbers[] = [];
for (const { path, x } of JSON.parse(await new Response(Deno.stdin.readable).text()) as OnnxRun[]) {
  const session = await ort.InferenceSession.create(await Deno.readFile(path), {
    executionProviders: [Deno.args[0] === "node" ? "cpu" : "wasm"],
    intraOpNumThreads: 1,
  });
  const input = new ort.Tensor("float32", Float32Array.from(x.data), x.shape);
  const { [session.outputNames[0]!]: y } = await session.run({ [session.inputNames[0]!]: input });
  results.push({ shape: [...y!.dims], data: [...y!.data as Float32Array] });
}
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(results)));
Deno.exit(); // whatever threads the library left behind
