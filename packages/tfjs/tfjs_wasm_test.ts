import { backendContract } from "@gradus/testing";
import { assertEquals } from "@std/assert";
import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { tfjs } from "./tfjs.ts";

tf.enableProdMode(); // without its advice to install another package

backendContract("tfjs on wasm", () => tfjs({ tf, backend: "wasm" }));

Deno.test("tensors of tfjs wasm are all given back after every kernel of the contract", () => {
  assertEquals(tf.memory().numTensors, 0);
});
