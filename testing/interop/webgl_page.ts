/** Trains on WebGL, by TensorFlow.js, and tells how it went; with `?contract`, what the contract finds. @module */

import { SoftmaxCrossEntropy } from "@gradus/losses";
import { tfjs } from "@gradus/tfjs";
import { fit } from "@gradus/train/fit";
import * as tf from "@tensorflow/tfjs-core";
import "npm:@tensorflow/tfjs-backend-webgl@4.22.0";
import { perceptronLosses } from "../bounded_perceptron.ts";
import { convolutionalTraining } from "../convolutional_training.ts";
import { runContract } from "../runtimes/whole_contract.ts";

let report: unknown;
try {
  tf.enableProdMode();
  const open = () => tfjs({ tf, backend: "webgl" });
  const backend = await open();
  const perceptron = await perceptronLosses(backend);
  const convolutions: number[] = [];
  const loss = new SoftmaxCrossEntropy();
  for await (const step of fit({ ...convolutionalTraining(backend), loss, epochs: 4 })) {
    if (step.isLast) convolutions.push((await step.epochMeans()).loss);
  }
  await backend.close();
  const { numTensors } = tf.memory();
  const hasContract = new URLSearchParams(location.search).has("contract");
  const contract = hasContract ? await runContract(open) : null;
  report = { name: backend.name, perceptron, convolutions, numTensors, contract };
} catch (error) {
  report = { error: error instanceof Error ? error.stack : String(error) };
}
await fetch("/report", { method: "POST", body: JSON.stringify(report) });
