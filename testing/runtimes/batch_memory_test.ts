import { Conv2d, Dense, Flatten, MaxPool2d, Relu, Sequential } from "@gradus/layers";
import { SoftmaxCrossEntropy } from "@gradus/losses";
import { Sgd } from "@gradus/optim";
import { random } from "@gradus/random";
import { zeros } from "@gradus/tensor";
import { cpu } from "@gradus/tensor/cpu";
import { assert, assertEquals } from "@std/assert";

/** The most bytes that some steps of a network take in batches of a size. */
async function peakBytes(batch: number): Promise<number> {
  const backend = await cpu({ threads: 2 });
  const model = new Sequential([
    new Conv2d(8, { kernel: 3, padding: "same" }),
    new Relu(),
    new MaxPool2d(2),
    new Flatten(),
    new Dense(10),
  ]);
  model.init([16, 16, 3], { backend, random: random(0) });
  const loss = new SoftmaxCrossEntropy();
  const optimizer = new Sgd(model.parameters, { learningRate: 0.1, momentum: 0.9 });
  const [x, y] = [zeros(backend, [batch, 16, 16, 3]), zeros(backend, [batch], { dtype: "int32" })];
  for (let step = 0; step < 3; step++) {
    loss.forward(model.forward(x), y);
    model.backward(loss.backward(), { inputGradient: false });
    optimizer.step();
  }
  await backend.close();
  return backend.memory.peakBytes;
}

Deno.test("memory is linear in the batch", async () => {
  const [first, second, third] = [await peakBytes(16), await peakBytes(32), await peakBytes(48)];
  assert(second > first);
  assertEquals(third - second, second - first);
});
