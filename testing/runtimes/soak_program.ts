/**
 * Prints a line of facts about memory again and again: after each random network that it trained on the
 * cpu backend, or every thousand steps of one network.
 *
 *     deno run --v8-flags=--expose-gc soak_program.ts networks ⟨milliseconds⟩ ⟨seed⟩
 *     deno run --v8-flags=--expose-gc soak_program.ts steps ⟨count⟩
 *
 * @module
 */

import { Dense, Relu, Sequential } from "@gradus/layers";
import { SoftmaxCrossEntropy } from "@gradus/losses";
import { Adagrad, Adam, Muon, type Optimizer, RmsProp, Sgd } from "@gradus/optim";
import { type Random, random } from "@gradus/random";
import { type Backend, type MemoryUse, type Tensor, tensor, zeros } from "@gradus/tensor";
import { cpu, type CpuOptions } from "@gradus/tensor/cpu";
import { assertEquals } from "@std/assert";
import { memoryFacts } from "./memory_facts.ts";
import { type RandomNetwork, randomNetwork } from "./random_network.ts";

const [mode, amount, seed] = Deno.args;
if (mode === "networks") await soakNetworks(Number(amount), Number(seed));
else await soakSteps(Number(amount));

/** Trains random networks, each twice on a backend of its own, which has to give the same bytes. */
async function soakNetworks(durationMs: number, seed: number): Promise<void> {
  const stream = random(seed);
  // Another backend stays open all the time.
  const bystander = await cpu({ threads: 2 });
  const held = tensor(bystander, [1, 2, 3]);
  for (let index = 0; performance.now() < durationMs; index++) {
    const options: CpuOptions = {
      threads: 1 + index % 2,
      simd: stream.integer(4) === 0 ? "plain" : "relaxed",
    };
    const [network, training] = [stream.bits(), stream.bits()];
    const run = async () => {
      const backend = await cpu(options);
      const drawn = randomNetwork(random(network));
      const steps = 5 + random(training).integer(40);
      const parameters = await train(backend, drawn, { steps, stream: random(training) });
      await backend.close();
      return { drawn, steps, parameters };
    };
    const [one, other] = [await run(), await run()];
    assertEquals(one.parameters, other.parameters, `network ${network}, training ${training}`);
    const { model, inputShape, rows } = one.drawn;
    const layers = model.toJSON().layers.map(({ type }) => type).join("-");
    const what = `${options.threads} threads, ${options.simd}, [${rows}, ${inputShape}], ${layers}`;
    print(await memoryFacts(`${2 * one.steps} steps of network ${network}: ${what}`));
  }
  assertEquals(await held.data(), new Float32Array([1, 2, 3]));
}

/** Trains one network, on two threads. */
async function soakSteps(count: number): Promise<void> {
  const backend = await cpu({ threads: 2 });
  const model = new Sequential([new Dense(16), new Relu(), new Dense(10)]);
  const network = { model, inputShape: [700], classes: 10, rows: 64 };
  const onStep = async (index: number) => {
    if (index % 1000 === 0) print(await memoryFacts(`${index} steps`));
  };
  await train(backend, network, { steps: count, stream: random(1), onStep });
}

/**
 * Trains a network on noise, on batches of changing length. After the first step, which has the longest,
 * nothing may be allocated.
 *
 * @returns All parameters.
 */
async function train(
  backend: Backend,
  { model, inputShape, classes, rows }: RandomNetwork,
  { steps, stream, onStep }: {
    steps: number;
    stream: Random;
    onStep?: (index: number) => Promise<void>;
  },
): Promise<Float32Array[]> {
  model.init(inputShape, { backend, random: stream });
  const loss = new SoftmaxCrossEntropy();
  const optimizer = drawOptimizer(model, stream);
  const x = zeros(backend, [rows, ...inputShape]);
  const labels = zeros(backend, [rows], { dtype: "int32" });
  let settled: MemoryUse | null = null;
  let last: Tensor | null = null;
  for (let index = 1; index <= steps; index++) {
    const length = index === 1 ? rows : 2 + stream.integer(rows - 1);
    backend.write(x.storage, noise(length * x.size / rows, stream), 0);
    backend.write(labels.storage, Int32Array.from({ length }, () => stream.integer(classes)), 0);
    const prediction = model.forward(x.prefix(length), "train");
    last = loss.forward(prediction, labels.prefix(length));
    model.backward(loss.backward(), { inputGradient: false });
    optimizer.step();
    settled ??= backend.memory;
    await onStep?.(index);
  }
  assertEquals(backend.memory, settled!, "a step allocated");
  assertEquals(await optimizer.flag.data(), new Int32Array(2), "a gradient is not finite");
  assertEquals(Number.isFinite(await last!.item()), true, "the loss is not finite");
  const values = await Promise.all(model.parameters.map(({ value }) => value.data()));
  return values as Float32Array[];
}

function drawOptimizer({ parameters }: Sequential, stream: Random): Optimizer {
  const options = { learningRate: 0.01, clipNorm: 1 };
  switch (stream.integer(5)) {
    case 0:
      return new Adam(parameters, options);
    case 1:
      return new RmsProp(parameters, options);
    case 2:
      return new Adagrad(parameters, options);
    case 3:
      return new Muon(parameters, options);
    default:
      return new Sgd(parameters, { ...options, momentum: 0.9 });
  }
}

/** Numbers in ±1, quickly. */
function noise(count: number, stream: Random): Float32Array {
  const values = new Float32Array(count);
  let state = stream.bits();
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    values[i] = state / 2 ** 31;
  }
  return values;
}

function print(facts: unknown): void {
  console.log(JSON.stringify(facts));
}
