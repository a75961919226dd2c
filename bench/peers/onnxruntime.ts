/**
 * onnxruntime, which only runs networks forward; the arguments are `web` or `node`, and the number of threads.
 *
 * @module
 */
import type { InferenceSession, Tensor } from "onnxruntime-web";
import { onnxModel } from "./onnx_model.ts";
import { convolutionOf, matricesOf, type Numbers, transposed } from "./peer_inputs.ts";
import { type Run, serve, type Setup } from "./serve.ts";

const [kind, threads] = Deno.args;
const ort = await load();

await serve((name): Setup => {
  if (name.startsWith("W1")) return (amount) => product(name, amount);
  if (name === "W2-forward") return forward;
  throw new Error("runs networks forward alone");
});

async function load(): Promise<typeof import("onnxruntime-web")> {
  if (kind === "node") {
    return await import("onnxruntime-node") as unknown as typeof import("onnxruntime-web");
  }
  const ort = await import("onnxruntime-web");
  ort.env.wasm.numThreads = Number(threads);
  return ort;
}

function open(model: Uint8Array<ArrayBuffer>): Promise<InferenceSession> {
  return ort.InferenceSession.create(model, {
    intraOpNumThreads: Number(threads),
    interOpNumThreads: 1,
    executionProviders: [kind === "node" ? "cpu" : "wasm"],
  });
}

function tensorOf({ data, shape }: Numbers): Tensor {
  return new ort.Tensor("float32", data, [...shape]);
}

async function product(name: string, amount: number): Promise<Run> {
  const { a, b, times } = matricesOf(name, amount);
  const session = await open(onnxModel({
    op: "MatMul",
    inputs: [{ name: "a", shape: a.shape }, { name: "b", shape: b.shape }],
    weights: {},
    attributes: {},
    outputShape: [a.shape[0]!, b.shape[1]!],
  }));
  const feeds = { a: tensorOf(a), b: tensorOf(b) };
  return async () => {
    let value = NaN;
    for (let time = 0; time < times; time++) {
      const { y } = await session.run(feeds);
      value = (y!.data as Float32Array)[0]!;
    }
    return value;
  };
}

async function forward(amount: number): Promise<Run> {
  const { x, kernel } = convolutionOf(amount);
  const images = transposed(x, [0, 3, 1, 2]);
  const weight = transposed(kernel, [3, 2, 0, 1]);
  const session = await open(onnxModel({
    op: "Conv",
    inputs: [{ name: "x", shape: images.shape }, { name: "weight", shape: weight.shape }],
    weights: { weight },
    attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [1, 1] },
    outputShape: [amount, 64, 32, 32],
  }));
  const feeds = { x: tensorOf(images) };
  return async () => ((await session.run(feeds)).y!.data as Float32Array)[0]!;
}
