import { assertThrowsExactly, backendContract } from "@gradus/testing";
import { matmul, tensor, zeros } from "@gradus/tensor";
import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import {
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type TensorFlow, tfjs } from "./tfjs.ts";
import { UnsupportedError } from "./unsupported_error.ts";

tf.enableProdMode(); // without its advice to install another package

backendContract("tfjs on cpu", () => tfjs({ tf, backend: "cpu" }));

/** TensorFlow.js with something changed. */
function changed(changes: Record<string, unknown>): TensorFlow {
  return { ...tf, ...changes } as TensorFlow;
}

async function assertRefuses(
  options: Parameters<typeof tfjs>[0],
  errorClass: new (message: string) => Error,
  message: string,
): Promise<void> {
  const error = await assertRejects(() => tfjs(options), errorClass);
  assertEquals(error.message, message);
  assertStrictEquals(error.constructor, errorClass);
}

const PLAIN = { stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: 1 } as const;

describe("tfjs()", () => {
  it("is named after the backend of TensorFlow.js", async () => {
    const backend = await tfjs({ tf, backend: "cpu" });
    assertEquals([backend.name, backend.float], ["tfjs-cpu", "float32"]);
    await backend.close();
  });
  it("imports TensorFlow.js where it is given none, and takes the backend that is set", async () => {
    await tf.setBackend("cpu");
    const backend = await tfjs();
    assertEquals(backend.name, "tfjs-cpu");
    const a = tensor(backend, [[1, 2], [3, 4]]);
    assertEquals(await matmul(a, a).data(), new Float32Array([7, 10, 15, 22]));
    await backend.close();
  });
  it("says which backends there are if not the one that is asked", async () => {
    await assertRefuses(
      { tf, backend: "abacus" },
      TypeError,
      "Cannot open the tfjs backend as TensorFlow.js must have its backend abacus: found cpu",
    );
  });
  it("says that no backend was imported", async () => {
    await assertRefuses(
      { tf: changed({ engine: () => ({ backendNames: () => [] }) }) },
      TypeError,
      "Cannot open the tfjs backend as TensorFlow.js must have a backend: found none, as no package with one is imported",
    );
  });
  it("says that a backend does not start", async () => {
    tf.registerBackend("broken", () => Promise.reject(new Error("no such device")));
    try {
      await assertRefuses(
        { tf, backend: "broken" },
        Error,
        "Cannot open the tfjs backend as broken must start: it did not",
      );
    } finally {
      tf.removeBackend("broken");
      await tf.setBackend("cpu");
    }
  });
  it("refuses numbers of half precision, which are all that WebGL has on some phones", async () => {
    tf.registerBackend("webgl", () => new MathBackendCPU());
    const flag = "WEBGL_RENDER_FLOAT32_ENABLED";
    try {
      tf.env().registerFlag(flag, () => false);
      await assertRefuses(
        { tf, backend: "webgl" },
        TypeError,
        "Cannot open the tfjs backend on webgl as its numbers must be float32: found float16, which is all that the device draws",
      );
      tf.env().set(flag, true);
      const backend = await tfjs({ tf, backend: "webgl" });
      assertEquals(backend.name, "tfjs-webgl");
      await backend.close();
    } finally {
      tf.removeBackend("webgl");
      await tf.setBackend("cpu");
    }
  });
  it("refuses float64, and more than there is memory", async () => {
    const backend = await tfjs({ tf, backend: "cpu" });
    assertThrowsExactly(
      () => zeros(backend, [3], { dtype: "float64" }),
      TypeError,
      "Cannot allocate a tensor as numbers must be float32 or int32 on the tfjs backend: found float64",
    );
    zeros(backend, [2, 3]);
    assertThrowsExactly(
      () => zeros(backend, [2 ** 50]),
      RangeError,
      `Cannot allocate a tensor as ${2 ** 52} bytes must be free: 24 are in use`,
    );
    await backend.close();
  });
  it("says when it was closed", async () => {
    const backend = await tfjs({ tf, backend: "cpu" });
    const x = tensor(backend, [1]);
    await backend.close();
    assertThrowsExactly(
      () => zeros(backend, [1]),
      Error,
      "Cannot allocate a tensor as the backend must be open: it was closed",
    );
    assertThrowsExactly(
      () => x.set([2]),
      Error,
      "Cannot use memory of the tfjs backend as it must not be released yet",
    );
    x.dispose();
    assertEquals(backend.memory.storages, 0);
  });
  it("throws when TensorFlow.js is set to another backend, and goes on when it is set back", async () => {
    const backend = await tfjs({ tf, backend: "cpu" });
    const x = tensor(backend, [1]);
    tf.registerBackend("other", () => new MathBackendCPU());
    try {
      await tf.setBackend("other");
      const message = (kernel: string) =>
        `Cannot run ${kernel} on tfjs-cpu as TensorFlow.js must stay on its backend cpu: found other`;
      assertThrowsExactly(() => backend.fill(2, x), Error, message("fill"));
      const error = await assertRejects(() => x.data(), Error);
      assertEquals(error.message, message("read"));
      await tf.setBackend("cpu");
      backend.fill(3, x);
      assertEquals(await x.item(), 3);
    } finally {
      tf.removeBackend("other");
      await tf.setBackend("cpu");
      await backend.close();
    }
  });
  it("names the kernel that a backend of TensorFlow.js lacks, and runs the others", async () => {
    tf.registerBackend("bare", () => new MathBackendCPU());
    tf.copyRegisteredKernels("cpu", "bare");
    tf.unregisterKernel("Conv2D", "bare");
    try {
      const backend = await tfjs({ tf, backend: "bare" });
      const x = tensor(backend, [[[[1], [2]]]]);
      const [kernel, y] = [tensor(backend, [[[[3]]]]), zeros(backend, [1, 1, 2, 1])];
      const error = assertThrows(() => backend.conv2d(x, kernel, PLAIN, y), UnsupportedError);
      assertEquals(
        error.message,
        "Cannot run conv2d as TensorFlow.js must have the kernel Conv2D: found none on its backend bare",
      );
      assertEquals([error.kernel, error.missing], ["conv2d", "Conv2D"]);
      assertInstanceOf(error.cause, Error);
      backend.binary("multiply", x, 3, y);
      assertEquals(await y.data(), new Float32Array([3, 6]));
      await backend.close();
    } finally {
      tf.removeBackend("bare");
      await tf.setBackend("cpu");
    }
  });
});

describe("tensors of TensorFlow.js", () => {
  it("are all given back after every kernel of the contract", () => {
    assertEquals(tf.memory().numTensors, 0);
  });
  it("are given back by a kernel that throws", async () => {
    const backend = await tfjs({ tf, backend: "cpu" });
    const [x, y] = [zeros(backend, [1, 4, 4, 2]), zeros(backend, [2])];
    const { numTensors } = tf.memory();
    const notAKernel = { storage: x.storage, shape: [2, 16], dtype: x.dtype };
    assertThrows(() => backend.conv2d(x, notAKernel, PLAIN, x));
    const released = { storage: y.storage, shape: [2], dtype: y.dtype };
    y.dispose();
    assertThrows(() => backend.fill(1, released));
    assertThrows(() => backend.write(released.storage, new Float32Array(2), 0));
    assertEquals(tf.memory().numTensors, numTensors - 1);
    await backend.close();
    assertEquals(tf.memory().numTensors, 0);
  });
});
