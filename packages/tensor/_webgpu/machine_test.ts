import { assertThrowsExactly, lacksWebGpu, stagedGpu } from "@gradus/testing";
import type { Operand } from "@gradus/tensor";
import { webGpu, type WebGpuBackend, WebGpuError, type WebGpuOptions } from "@gradus/tensor/webgpu";
import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { openDevice } from "./device.ts";
import type { KernelRun } from "./kernel_run.ts";
import { Machine, MOST_DISPATCHES } from "./machine.ts";
import { entry } from "./wgsl.ts";

const ignore = await lacksWebGpu();

/** Runs a test on a backend of its own. */
function onBackend(
  run: (backend: WebGpuBackend) => Promise<void>,
  options: WebGpuOptions = {},
): () => Promise<void> {
  return async () => {
    const backend = await webGpu(options);
    try {
      await run(backend);
    } finally {
      await backend.close();
    }
  };
}

function operand(backend: WebGpuBackend, length: number, values?: number[]): Operand {
  const storage = backend.allocate("float32", length, "a test");
  if (values !== undefined) backend.write(storage, new Float32Array(values), 0);
  return { storage, shape: [length], dtype: "float32" };
}

async function numbers(backend: WebGpuBackend, { storage }: Operand): Promise<number[]> {
  return [...await backend.read(storage, 0, storage.length)];
}

/** What is counted while something is done. */
async function counted(
  backend: WebGpuBackend,
  act: () => Promise<unknown> | void,
): Promise<{ dispatches: number; submissions: number; buffers: number; bindGroups: number }> {
  const before = backend.counters;
  await act();
  const after = backend.counters;
  return {
    dispatches: after.dispatches - before.dispatches,
    submissions: after.submissions - before.submissions,
    buffers: after.buffers - before.buffers,
    bindGroups: after.bindGroups - before.bindGroups,
  };
}

describe("the webgpu backend records commands", { ignore }, () => {
  it(
    "and submits many of them, each with uniforms of its own, at once",
    onBackend(async (backend) => {
      const all = Array.from({ length: 60 }, () => operand(backend, 3));
      let reading: Promise<number[]>[] = [];
      const counts = await counted(backend, async () => {
        all.forEach((x, i) => backend.fill(i, x));
        reading = all.map((x) => numbers(backend, x));
        await Promise.all(reading);
      });
      assertEquals([counts.dispatches, counts.submissions], [60, 1]);
      for (const [i, values] of (await Promise.all(reading)).entries()) {
        assertEquals(values, [i, i, i]);
      }
    }),
  );

  it(
    `and submits them after ${MOST_DISPATCHES}, or when uniforms fill their buffer`,
    onBackend(async (backend) => {
      const x = operand(backend, 3, [0, 0, 0]);
      const counts = await counted(backend, async () => {
        for (let i = 0; i < 2 * MOST_DISPATCHES + 1; i++) backend.binary("add", x, 1, x);
        assertEquals(await numbers(backend, x), new Array(3).fill(2 * MOST_DISPATCHES + 1));
      });
      assertEquals(counts.submissions, 3);
    }),
  );

  it(
    "and lets a write overtake those that do not use its storage",
    onBackend(async (backend) => {
      const [x, y, z] = [operand(backend, 2), operand(backend, 2), operand(backend, 2)];
      const counts = await counted(backend, () => {
        backend.fill(1, x);
        backend.write(y.storage, new Float32Array([5, 6]), 0);
      });
      assertEquals(counts.submissions, 0);
      backend.binary("add", x, y, z);
      assertEquals(await numbers(backend, z), [6, 7]);
    }),
  );

  it(
    "and submits those that use its storage before a write",
    onBackend(async (backend) => {
      const [x, y] = [operand(backend, 2, [1, 2]), operand(backend, 2)];
      const counts = await counted(backend, () => {
        backend.copy(x, y);
        backend.write(x.storage, new Float32Array([8, 9]), 0);
      });
      assertEquals(counts.submissions, 1);
      assertEquals(await numbers(backend, y), [1, 2]);
      assertEquals(await numbers(backend, x), [8, 9]);
    }),
  );

  it(
    "and never hands memory to an upload that unsubmitted commands still read",
    onBackend(async (backend) => {
      const [x, y] = [operand(backend, 2, [1, 2]), operand(backend, 2)];
      backend.copy(x, y);
      backend.release(x.storage);
      const z = operand(backend, 2, [8, 9]); // lies where x lay
      assertEquals(await numbers(backend, y), [1, 2]);
      assertEquals(await numbers(backend, z), [8, 9]);
    }),
  );

  it(
    "and submits reads that are called together once, each as it was when called",
    onBackend(async (backend) => {
      const x = operand(backend, 1);
      const reads: Promise<number[]>[] = [];
      const counts = await counted(backend, async () => {
        for (let i = 0; i < 16; i++) {
          backend.fill(i, x);
          reads.push(numbers(backend, x));
        }
        await Promise.all(reads);
      });
      assertEquals(counts.submissions, 1);
      assertEquals((await Promise.all(reads)).flat(), Array.from({ length: 16 }, (_, i) => i));
    }),
  );

  it(
    "and folds more workgroups than one dimension holds",
    onBackend(async (backend) => {
      const length = 256 * 65_535 + 17; // of workgroups that compute 256
      const [x, row] = [operand(backend, length), operand(backend, 2, [1, 2])];
      const table = { ...x, shape: [(length - 1) / 2, 2] };
      backend.binary("add", table, row, table);
      const values = await backend.read(x.storage, 0, length);
      assert(values.subarray(0, -1).every((value, i) => value === 1 + i % 2));
      assertEquals(values.at(-1), 0);
    }),
  );

  it(
    "and makes no buffer and no bind group after the first step, over 500 of them",
    onBackend(async (backend) => {
      const [x, y, z] = [operand(backend, 1000), operand(backend, 1000), operand(backend, 1000)];
      const step = async () => {
        backend.write(x.storage, new Float32Array(1000).fill(1), 0);
        for (let i = 0; i < 20; i++) backend.binary("add", x, z, i % 2 === 0 ? y : z);
        backend.unary("sigmoid", y, z);
        const temporary = operand(backend, 1000);
        backend.copy(z, temporary);
        backend.release(temporary.storage);
        await backend.pace!();
      };
      for (let i = 0; i < 4; i++) await step();
      await numbers(backend, z);
      const { sizeBytes } = backend.memory;
      const { pooledBytes, pipelines } = backend.counters;
      const counts = await counted(backend, async () => {
        for (let i = 0; i < 500; i++) await step();
        await numbers(backend, z);
      });
      assertEquals([counts.buffers, counts.bindGroups], [0, 0]);
      assertEquals(backend.memory.sizeBytes, sizeBytes);
      assertEquals(backend.counters.pooledBytes, pooledBytes);
      assertEquals(backend.counters.pipelines, pipelines);
    }),
  );

  it(
    "and keeps no more pooled bytes than it may, nor bind groups of what it destroyed",
    onBackend(async (backend) => {
      for (let i = 1; i < 40; i++) {
        const x = operand(backend, 1000 * i);
        backend.fill(i, x); // still to be submitted when its memory is given back
        backend.release(x.storage);
        assert(backend.counters.pooledBytes <= 100_000);
      }
      const x = operand(backend, 5000);
      backend.fill(3, x);
      assertEquals(await numbers(backend, x), new Array(5000).fill(3));
    }, { maximumPooledBytes: 100_000 }),
  );
});

describe("the webgpu backend's pace()", { ignore }, () => {
  it("waits for the device once it is more than two calls behind", async () => {
    const gates: (() => void)[] = [];
    let isGated = false;
    const gpu = stagedGpu({
      onDevice: (device) => {
        const create = device.createBuffer.bind(device);
        replace(device, "createBuffer", (descriptor: GPUBufferDescriptor) => {
          const buffer = create(descriptor);
          const map = buffer.mapAsync.bind(buffer);
          replace(buffer, "mapAsync", async (...range: Parameters<GPUBuffer["mapAsync"]>) => {
            if (isGated) await new Promise<void>((resolve) => gates.push(resolve));
            await map(...range);
          });
          return buffer;
        });
      },
    });
    const backend = await webGpu({ gpu });
    isGated = true;
    await backend.pace!();
    await backend.pace!();
    let isThrough = false;
    const third = backend.pace!().then(() => isThrough = true);
    await new Promise((resolve) => setTimeout(resolve, 30));
    assertEquals(isThrough, false);
    gates.shift()!();
    await third;
    isGated = false;
    gates.forEach((open) => open());
    // The fence of the third call comes after the gates were opened.
    await new Promise((resolve) => setTimeout(resolve, 0));
    gates.forEach((open) => open());
    await backend.close();
  });
});

describe("the webgpu backend's failures", { ignore }, () => {
  it("name the kernel, its operands and the numbered program that does not compile", async () => {
    const { device, adapter } = await openDevice({});
    assert(adapter.description !== undefined);
    const machine = new Machine(device, { family: "registers", maximumPooledBytes: 0 });
    const storage = machine.allocate("float32", 6, "a test");
    const out: Operand = { storage, shape: [2, 3], dtype: "float32" };
    const run: KernelRun<never, "out"> = {
      name: "broken",
      reads: {},
      writes: { out },
      workgroups: 1,
      source: ({ out }) => entry(64, `  ${out}[0] = nothing;`),
    };
    machine.run(run);
    const error = await assertRejects(() => machine.read(storage, 0, 6), WebGpuError);
    assertEquals(error.fault, "compilation");
    assert(
      error.message.startsWith(
        "Cannot compile broken(→ out float32 [2, 3]) as its program must be valid: found ",
      ),
      error.message,
    );
    assert(/\n +\d+ {3}outArray\[0\] = nothing;\n/.test(error.message), error.message);
    // And nothing goes on.
    assertStrictEquals(assertThrowsSame(() => machine.run(run)), error);
    await machine.close();
  });

  it("name how many arrays a device binds", async () => {
    const gpu = stagedGpu({ limits: { maxStorageBuffersPerShaderStage: 8 } });
    const { device } = await openDevice({ gpu });
    assertEquals(device.limits.maxStorageBuffersPerShaderStage, 8);
    const machine = new Machine(device, { family: "registers", maximumPooledBytes: 0 });
    const writes = Object.fromEntries(
      Array.from({ length: 9 }, (_, i): [string, Operand] => [
        `x${i}`,
        { storage: machine.allocate("float32", 1, "a test"), shape: [], dtype: "float32" },
      ]),
    );
    assertThrowsExactly(
      () => machine.run({ name: "wide", reads: {}, writes, workgroups: 1, source: () => "" }),
      WebGpuError,
      `Cannot run wide(→ ${
        Object.keys(writes).map((name) => `${name} float32 []`).join(", ")
      }) as its arrays must be at most the 8 that the device binds: found 9`,
    );
    await machine.close();
  });

  it(
    "refuse a storage that is larger than the device binds",
    onBackend(async (backend) => {
      assertThrowsExactly(
        () => backend.allocate("float32", 2 ** 25 + 1, "the output of dense"),
        RangeError,
        "Cannot allocate the output of dense as it must fit into the 134217728 bytes that the device binds: found 134217732",
      );
      const x = operand(backend, 2 ** 25);
      backend.fill(1, x);
      assertEquals((await backend.read(x.storage, 2 ** 25 - 1, 1))[0], 1);
    }, { gpu: stagedGpu({ limits: { maxStorageBufferBindingSize: 2 ** 27 } }) }),
  );

  it("say for what memory was missing", async () => {
    let isFull = false;
    const gpu = stagedGpu({
      onDevice: (device) => {
        const filters: GPUErrorFilter[] = [];
        const [push, pop] = [device.pushErrorScope.bind(device), device.popErrorScope.bind(device)];
        replace(device, "pushErrorScope", (filter: GPUErrorFilter) => {
          filters.push(filter);
          push(filter);
        });
        replace(device, "popErrorScope", async () => {
          const filter = filters.pop();
          const error = await pop();
          return isFull && filter === "out-of-memory" ? { message: "no memory is left" } : error;
        });
      },
    });
    const backend = await webGpu({ gpu });
    isFull = true;
    const x = operand(backend, 1000);
    const error = await assertRejects(() => numbers(backend, x), WebGpuError);
    assertEquals(error.fault, "out-of-memory");
    assertEquals(
      error.message,
      "Cannot allocate a test as 4096 bytes must be free on the device: found no memory is left",
    );
    await backend.close();
  });

  it("tell a lost device and why, from then on", async () => {
    let lose = (_info: { reason: string; message: string }) => {};
    const gpu = stagedGpu({
      onDevice: (device) => {
        replace(device, "lost", new Promise((resolve) => lose = resolve));
      },
    });
    const backend = await webGpu({ gpu });
    const x = operand(backend, 1000);
    backend.fill(1, x);
    lose({ reason: "unknown", message: "the driver was reset" });
    const message =
      "Cannot use the webgpu backend as its device must not be lost: found it lost, unknown (the driver was reset)";
    for (
      const use of [
        () => backend.read(x.storage, 0, 1),
        async () => await backend.pace!(),
        // deno-lint-ignore require-await
        async () => backend.fill(2, x),
        // deno-lint-ignore require-await
        async () => void backend.allocate("float32", 1, "a test"),
        // deno-lint-ignore require-await
        async () => backend.write(x.storage, new Float32Array(1), 0),
      ]
    ) {
      const error = await assertRejects(use as () => Promise<unknown>, WebGpuError);
      assertEquals([error.fault, error.message], ["lost", message]);
    }
    await backend.close();
  });

  it("tell of a device that was destroyed under a read", async () => {
    let device: GPUDevice | null = null;
    const backend = await webGpu({ gpu: stagedGpu({ onDevice: (own) => device = own }) });
    const x = operand(backend, 1000);
    device!.destroy();
    const error = await assertRejects(() => numbers(backend, x), WebGpuError);
    assertEquals(error.fault, "lost");
    await backend.close();
  });

  it("pass on what the device reports beside all calls", async () => {
    let device: GPUDevice | null = null;
    const backend = await webGpu({ gpu: stagedGpu({ onDevice: (own) => device = own }) });
    const x = operand(backend, 1);
    device!.createBuffer({ size: 4, usage: 0x1 | 0x80 }); // which WebGPU does not have
    const error = await assertRejects(() => numbers(backend, x), WebGpuError);
    assertEquals(error.fault, "validation");
    assert(
      error.message.startsWith(
        "Cannot use the webgpu backend as its device must report no error: found ",
      ),
      error.message,
    );
    await backend.close();
  });

  it("name the kernels of commands that the device refuses", async () => {
    let breaks = false;
    const gpu = stagedGpu({
      onDevice: (device) => {
        const submit = device.queue.submit.bind(device.queue);
        replace(device.queue, "submit", (commands: GPUCommandBuffer[]) => {
          // The same commands twice: an error of validation.
          submit(commands);
          if (breaks) submit(commands);
        });
      },
    });
    const backend = await webGpu({ gpu });
    const [x, y] = [operand(backend, 2), operand(backend, 2)];
    breaks = true;
    for (let i = 0; i < 3; i++) backend.binary("add", x, y, y);
    const error = await assertRejects(() => numbers(backend, y), WebGpuError);
    assertEquals(error.fault, "validation");
    assert(
      error.message.startsWith(
        "Cannot run binary.add(a float32 [2], b float32 [2] → out float32 [2]) as the device must accept the commands: found ",
      ),
      error.message,
    );
    await backend.close();
  });

  it("catch a device that accepts every command and computes nothing", async () => {
    const gpu = stagedGpu({
      onDevice: (device) => {
        const create = device.createCommandEncoder.bind(device);
        replace(device, "createCommandEncoder", () => {
          const encoder = create();
          const begin = encoder.beginComputePass.bind(encoder);
          replace(encoder, "beginComputePass", () => {
            const pass = begin();
            replace(pass, "dispatchWorkgroups", () => {});
            return pass;
          });
          return encoder;
        });
      },
    });
    const error = await assertRejects(() => webGpu({ gpu }), WebGpuError);
    assertEquals([error.fault, error.message], [
      "unavailable",
      "Cannot open the webgpu backend as its device must compute 3x + i = 3,-5,3.5,3145731,-5: found 0,0,0,0,0",
    ]);
  });

  it("say that there is no adapter, and no WebGPU", async () => {
    const gpu = { requestAdapter: () => Promise.resolve(null) } as unknown as GPU;
    const none = await assertRejects(() => webGpu({ gpu }), WebGpuError);
    assertEquals(
      none.message,
      "Cannot open the webgpu backend as the machine must have an adapter: found none",
    );
    const family = "fast" as "registers";
    const wrong = await assertRejects(() => webGpu({ family }), TypeError);
    assertEquals(
      wrong.message,
      "Cannot open the webgpu backend as family must be registers or workgroup: found fast",
    );
  });
});

describe("the webgpu backend's close()", { ignore }, () => {
  it("delivers the reads that were called before it", async () => {
    const backend = await webGpu();
    const x = operand(backend, 2, [1, 2]);
    const reading = numbers(backend, x);
    await backend.close();
    assertEquals(await reading, [1, 2]);
    assertThrowsExactly(
      () => backend.fill(1, x),
      WebGpuError,
      "Cannot use the webgpu backend as it must be open: it was closed",
    );
    backend.release(x.storage);
  });

  it(
    "refuses memory that was released",
    onBackend(async (backend) => {
      const x = operand(backend, 2, [1, 2]);
      backend.release(x.storage);
      assertThrowsExactly(
        () => backend.fill(1, x),
        Error,
        "Cannot use memory of the webgpu backend as it must not be released yet",
      );
      assertThrowsExactly(
        () => backend.allocate("float64", 1, "a test"),
        TypeError,
        "Cannot allocate a test as numbers must be float32 or int32 on the webgpu backend: found float64",
      );
      await Promise.resolve();
    }),
  );
});

/** Replaces a property of an object that the runtime made. */
function replace<T extends object>(object: T, name: keyof T, value: unknown): void {
  Object.defineProperty(object, name, { value, configurable: true });
}

function assertThrowsSame(act: () => void): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}
