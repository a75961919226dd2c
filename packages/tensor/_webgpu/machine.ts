/**
 * What kernels run on: a device, and the commands for it that were not submitted yet.
 *
 * ## How to write a kernel
 *
 * 1. **One WGSL program a file**, `kernels/⟨name⟩.ts`. It exports a function from operands to a
 *    {@linkcode KernelRun}, a plain record: which operands it reads and writes, which numbers it gets as
 *    uniforms, how many workgroups it takes, and `source`, which writes the program.
 *    `prove_device.ts` ends with the shortest one. Where each number of the result follows from the numbers
 *    at its place, `pointwise` of `kernels/pointwise.ts` writes the program from one expression, as in
 *    `kernels/dropout.ts`, and `broadcast.ts` finds operands of other shapes.
 * 2. **The op**, in `ops/⟨family⟩.ts`, calls `machine.run(⟨name⟩Run(…))`, once or several times. What to
 *    choose by shapes, by `machine.family` or by `machine.device.limits` is chosen there.
 *    `machine.workspace(slot, length)` is memory between the passes of one op.
 * 3. **The method** in `webgpu.ts` calls the op. In `webgpu_test.ts`, its row goes from the skip list.
 *
 * In the source:
 *
 * - An array is called what `source` is told, never what the operand is: `${x}[i]`, which may come out as
 *   `xArray[i]` or as `outArray[i]`, so that `let x = ${x}[i];` is a fine name for its number. Operands
 *   that share a storage (`out` may be `x` in the elementwise kernels) are one array, since WebGPU forbids
 *   to bind a buffer twice if it is written. An operand that is `null` is called `""`: `bias ? … : …`.
 *   Arrays and uniforms are declared by the runtime; the program is compiled again for every such pattern.
 * - `uniforms.size` is the uniform `{ u32: { size } }`. A number that differs from run to run must be a
 *   uniform, never a part of the text, or pipelines are compiled for ever. What the text does depend on must be
 *   in `key`.
 * - `entry(64, body)` of `wgsl.ts` writes `main`, with `workgroup`, `lane` and `invocation` as variables.
 *   Give `workgroups` as one number: `Math.ceil(size / 64)`. Beyond 65,535 it is folded, so the last
 *   workgroups may be ones too many: `if (invocation >= uniforms.size) { return; }`. A program with tiles
 *   takes its row and column from `workgroup` by `/` and `%`.
 * - A storage is longer than its shape, to a multiple of 256 bytes. Never use `arrayLength`, and write
 *   nothing behind the shape. `elements: { x: "vec4<f32>" }` binds an array as vectors: on the software
 *   adapter, too, loading four numbers at once is twice as fast as one by one. An operand that shares its
 *   storage with one that is written must have the same element type.
 * - The functions of `kernels/numbers.ts` are always there: `isNan(x)`, `infinity()`, `nan()`, `larger(a, b)`,
 *   `relu(x)` … A WGSL compiler may assume that there is neither NaN nor infinity, so `x != x`, `max` and
 *   `x < 0` do not work on them, and constants of them do not compile. The functions look at the bits.
 *   `functions` of `kernels/functions.ts` (put at the top of a source) has `exponential`, `logarithm`,
 *   `errorFunction` … to a few units in the last place; WGSL's own may be off by thousands. The compiler may
 *   reassociate sums, so compensated ones compensate nothing.
 * - A loop must not run from a constant to a uniform, as in `for (var i = 0; i < uniforms.rows; i++)`: Mesa puts
 *   the uniform's value in, and compiles the program again for every dispatch, which takes milliseconds. Run
 *   from the `zero` of `entry`, or from a place of the invocation's own.
 * - In what is written out many times, `&` and `|` join conditions, not `&&` and `||`: these are branches, and
 *   the time that SwiftShader takes to compile a loop doubles with each.
 * - At least 8 arrays can be bound, and as many as `machine.device.limits.maxStorageBuffersPerShaderStage`.
 *
 * ## What happens to it
 *
 * `run` records into one compute pass, which stays open until the commands are submitted: by a read, after
 * {@linkcode MOST_DISPATCHES}, or by a write into a block that they use. Why so is told in
 * [decision 6](../../../docs/decisions/0006-webgpu-commands.md).
 *
 * @module
 */

import type { Operand } from "../backend.ts";
import type { NumericArray } from "../dtype.ts";
import { BindGroups } from "./bind_groups.ts";
import { type Block, BufferPool } from "./buffer_pool.ts";
import { USAGE } from "./constants.ts";
import type { KernelFamily } from "./device.ts";
import { Failures } from "./failures.ts";
import { bindOperands, describeRun, type KernelRun } from "./kernel_run.ts";
import { stridedCopyRun } from "./kernels/strided_copy.ts";
import { Pipelines } from "./pipelines.ts";
import { type ReadBack, ReadBacks } from "./read_backs.ts";
import { blockOf, bytesOf, type FloatBits, storageOf, WebGpuStorage } from "./storage.ts";
import { countUniforms, UniformLog } from "./uniform_log.ts";
import { WebGpuError } from "./web_gpu_error.ts";

/** Dispatches after which the commands are submitted, so that the device starts before the host reads. */
export const MOST_DISPATCHES = 128;

/** Workgroups in one dimension, the least that WebGPU promises and the most that devices have. */
const MOST_WORKGROUPS = 65_535;

/** A copy that is done when all before it is. */
interface Fence {
  readonly readBack: ReadBack;
  isDone: boolean;
  done: Promise<void>;
}

/** Fences that may be open: how far the host may run ahead of the device, in calls of `pace`. */
const MOST_FENCES = 2;

/** What a machine did since it was opened. */
export interface Counters {
  /** Kernels that were run. */
  readonly dispatches: number;
  /** Command buffers that were submitted. */
  readonly submissions: number;
  /** Buffers that were created. */
  readonly buffers: number;
  /** Pipelines that were compiled. */
  readonly pipelines: number;
  /** Bind groups that were created. */
  readonly bindGroups: number;
  /** Bytes that were given back, and wait to be used again. */
  readonly pooledBytes: number;
}

/** A device with its memory, its pipelines and the commands that it was not told yet. */
export class Machine {
  readonly device: GPUDevice;
  readonly family: KernelFamily;
  readonly #failures: Failures;
  readonly #pool: BufferPool;
  readonly #hostPool: BufferPool;
  readonly #readBacks: ReadBacks;
  readonly #uniforms: UniformLog;
  readonly #pipelines: Pipelines;
  readonly #bindGroups: BindGroups;
  readonly #workspaces: WebGpuStorage[] = [];
  readonly #reads = new Set<Promise<unknown>>();
  /** Oldest first. */
  readonly #fences: Fence[] = [];
  #encoder: GPUCommandEncoder | null = null;
  #pass: GPUComputePassEncoder | null = null;
  #pipeline: GPUComputePipeline | null = null;
  /** Kernels that were recorded and not submitted. */
  #recorded: KernelRun[] = [];
  /** Number of the submission that is being recorded. */
  #submission = 0;
  #dispatches = 0;
  #isClosed = false;

  constructor(device: GPUDevice, options: {
    readonly family: KernelFamily;
    readonly maximumPooledBytes: number;
  }) {
    this.device = device;
    this.family = options.family;
    this.#failures = new Failures(device);
    const isInFlight = (block: Block) => block.submission === this.#submission;
    const [failures, maximumBytes] = [this.#failures, options.maximumPooledBytes];
    this.#pool = new BufferPool(device, { failures, maximumBytes, isInFlight });
    const usage = USAGE.mapRead | USAGE.copyTarget;
    this.#hostPool = new BufferPool(device, { failures, maximumBytes, isInFlight, usage });
    this.#readBacks = new ReadBacks(this.#hostPool);
    this.#uniforms = new UniformLog(device, USAGE.uniform | USAGE.copyTarget | USAGE.copySource);
    this.#pipelines = new Pipelines(device, this.#failures);
    this.#bindGroups = new BindGroups(device, this.#uniforms.buffer);
    this.#pool.onDestroy = (block) => this.#bindGroups.forget(block);
  }

  get counters(): Counters {
    return {
      dispatches: this.#dispatches,
      submissions: this.#submission,
      buffers: this.#pool.created + this.#hostPool.created,
      pipelines: this.#pipelines.count,
      bindGroups: this.#bindGroups.created,
      pooledBytes: this.#pool.pooledBytes + this.#hostPool.pooledBytes,
    };
  }

  /** Throws if it was closed, or what went wrong before. */
  check(): void {
    if (this.#isClosed) {
      throw new WebGpuError(
        "closed",
        "Cannot use the webgpu backend as it must be open: it was closed",
      );
    }
    this.#failures.check();
  }

  allocate(
    dtype: "float32" | "int32",
    length: number,
    purpose: string,
    bits: FloatBits = 32,
  ): WebGpuStorage {
    this.check();
    const limitBytes = this.device.limits.maxStorageBufferBindingSize;
    const sizeBytes = bytesOf({ bits }, length);
    if (sizeBytes > limitBytes) {
      throw new RangeError(
        `Cannot allocate ${purpose} as it must fit into the ${limitBytes} bytes that the device binds: found ${sizeBytes}`,
      );
    }
    const block = this.#pool.take(sizeBytes, { limitBytes, purpose });
    return new WebGpuStorage(block, { dtype, length, bits });
  }

  release(storage: WebGpuStorage): void {
    const block = blockOf(storage);
    storage.block = null;
    // Forgotten tensors may be found after the backend was closed.
    if (!this.#isClosed) this.#pool.give(block);
  }

  /**
   * Memory between the passes of one op, with whatever is in it; the same for the same slot, so an op that
   * needs two takes two slots.
   */
  workspace(slot: number, length: number): Operand {
    let storage = this.#workspaces[slot];
    if (storage === undefined || storage.length < length) {
      if (storage !== undefined) this.release(storage);
      storage = this.allocate("float32", length, "the workspace of a kernel");
      this.#workspaces[slot] = storage;
    }
    storage.isStale = false;
    return { storage, shape: [length], dtype: "float32" };
  }

  /** Records a dispatch. */
  run<Read extends string, Write extends string>(run: KernelRun<Read, Write>): void {
    this.check();
    const bound = bindOperands(run);
    const count = countUniforms(run.uniforms ?? {});
    if (this.#recorded.length >= MOST_DISPATCHES || !this.#uniforms.hasRoomFor(count)) this.flush();
    const blocks = bound.bindings.map(({ operand }) => this.#use(storageOf(operand)));
    const { pipeline, layout } = this.#pipelines.get(bound);
    const uniformBytes = UniformLog.bindingBytes(count);
    const group = this.#bindGroups.get(layout, { blocks, uniformBytes });
    const offset = this.#uniforms.append(run.uniforms ?? {});
    const pass = this.#openPass();
    if (pipeline !== this.#pipeline) {
      pass.setPipeline(pipeline);
      this.#pipeline = pipeline;
    }
    pass.setBindGroup(0, group, [offset]);
    const rows = Math.ceil(run.workgroups / MOST_WORKGROUPS);
    pass.dispatchWorkgroups(Math.ceil(run.workgroups / rows), rows);
    this.#recorded.push(run);
    this.#dispatches++;
  }

  /** Overwrites numbers: at once if no command before it uses them, or after those are submitted. */
  write(storage: WebGpuStorage, values: NumericArray, offset: number): void {
    this.check();
    const isWhole = offset === 0 && values.length === storage.length;
    if (isWhole) storage.isStale = false;
    if (storage.bits === 16) {
      const { wide, narrow, walk } = this.#widen(storage, offset, values.length);
      this.write(wide.storage, values, 0);
      this.run(stridedCopyRun("scatter", { x: wide, out: narrow }, walk));
      this.release(wide.storage);
      return;
    }
    const block = isWhole ? blockOf(storage) : this.#clear(storage);
    if (block.submission === this.#submission) this.flush();
    this.device.queue.writeBuffer(block.buffer, 4 * offset, values as Float32Array<ArrayBuffer>);
  }

  /** The numbers as they are now, once they are there. */
  read(storage: WebGpuStorage, offset: number, length: number): Promise<NumericArray> {
    try {
      this.check();
      if (storage.bits === 16) {
        const { wide, narrow, walk } = this.#widen(storage, offset, length);
        this.run(stridedCopyRun("gather", { x: narrow, out: wide }, walk));
        const reading = this.read(wide.storage, 0, length);
        this.release(wide.storage);
        return reading;
      }
      const { buffer } = this.#use(storage);
      const readBack = this.#readBacks.take(4 * length);
      this.#copyOut(buffer, 4 * offset, readBack);
      const reading = this.#deliver(readBack).then((bytes) => {
        this.#readBacks.give(readBack);
        return storage.dtype === "int32" ? new Int32Array(bytes) : new Float32Array(bytes);
      });
      this.#reads.add(reading);
      reading.finally(() => this.#reads.delete(reading)).catch(() => {});
      return reading;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Submits what was recorded. */
  flush(): void {
    if (this.#encoder === null) return;
    const encoder = this.#encoder;
    const recorded = this.#recorded;
    this.#closePass();
    this.#encoder = null;
    this.#recorded = [];
    this.#failures.guard(
      ["validation"],
      () => {
        const commands = encoder.finish();
        this.#uniforms.upload(this.device.queue);
        this.device.queue.submit([commands]);
      },
      (message) =>
        new WebGpuError(
          "validation",
          `Cannot run ${
            listRuns(recorded)
          } as the device must accept the commands: found ${message.trim()}`,
        ),
    );
    this.#submission++;
    this.#pool.sweep();
    this.#hostPool.sweep();
  }

  /**
   * Submits what was recorded, and resolves once the device is at most two calls of this behind: at once,
   * if it keeps up.
   */
  async pace(): Promise<void> {
    this.check();
    this.flush();
    // All are made at once: what a training creates does not depend on how fast the device is.
    while (this.#fences.length < MOST_FENCES) {
      this.#fences.push({
        readBack: this.#readBacks.take(4),
        isDone: true,
        done: Promise.resolve(),
      });
    }
    const fence = this.#fences.shift()!;
    this.#fences.push(fence);
    while (!fence.isDone) await fence.done;
    this.check();
    fence.isDone = false;
    this.#copyOut(this.#uniforms.buffer, 0, fence.readBack);
    fence.done = this.#deliver(fence.readBack).then(
      () => void (fence.isDone = true),
      // What went wrong is known to the failures.
      () => void (fence.isDone = true),
    );
  }

  /** Ends it, after the reads that were called: memory is gone, and everything throws. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled([...this.#reads, ...this.#fences.map(({ done }) => done)]);
    if (this.#encoder !== null) this.#closePass();
    this.#encoder = null;
    // The device itself is left to the garbage collector: destroying it frees nothing more.
    this.#pool.close();
    this.#hostPool.close();
    this.#uniforms.buffer.destroy();
  }

  /** The block of a storage, marked as used by the commands that are being recorded. */
  #use(storage: WebGpuStorage): Block {
    const block = this.#clear(storage);
    block.submission = this.#submission;
    return block;
  }

  /** The block of a storage, with zeros where another storage's numbers were. */
  #clear(storage: WebGpuStorage): Block {
    const block = blockOf(storage);
    if (storage.isStale) {
      this.#closePass();
      // Whole words: a block's end is never within one.
      const words = Math.ceil(bytesOf(storage, storage.length) / 4);
      this.#openEncoder().clearBuffer(block.buffer, 0, 4 * words);
      block.submission = this.#submission;
      storage.isStale = false;
    }
    return block;
  }

  /**
   * Memory in 32 bits for numbers of 16 on their way from the host or to it, which need not know these; and
   * where they lie.
   */
  #widen(storage: WebGpuStorage, offset: number, length: number) {
    const dtype = "float32";
    const own = this.allocate(dtype, length, "numbers between host and device");
    return {
      wide: { storage: own, shape: [length], dtype } as const,
      narrow: { storage, shape: [storage.length], dtype } as const,
      walk: { shape: [length], start: offset, strides: [1] },
    };
  }

  #copyOut(from: GPUBuffer, offset: number, { block, sizeBytes }: ReadBack): void {
    this.#closePass();
    this.#openEncoder().copyBufferToBuffer(from, offset, block.buffer, 0, sizeBytes);
    block.submission = this.#submission;
  }

  async #deliver(readBack: ReadBack): Promise<ArrayBuffer> {
    // Reads that are called one after the other are submitted together.
    await null;
    if (readBack.block.submission === this.#submission) this.flush();
    try {
      const bytes = await this.#readBacks.deliver(readBack);
      await this.#failures.settle();
      this.#failures.check();
      return bytes;
    } catch (cause) {
      // A device that is lost refuses to be read before it says that it is lost.
      await new Promise((resolve) => setTimeout(resolve, 0));
      await this.#failures.settle();
      this.#failures.check();
      throw new WebGpuError(
        "validation",
        `Cannot read from the device as it must deliver: found ${(cause as Error).message}`,
      );
    }
  }

  #openEncoder(): GPUCommandEncoder {
    return this.#encoder ??= this.device.createCommandEncoder();
  }

  #openPass(): GPUComputePassEncoder {
    return this.#pass ??= this.#openEncoder().beginComputePass();
  }

  #closePass(): void {
    this.#pass?.end();
    this.#pass = null;
    this.#pipeline = null;
  }
}

/** Names the kernels of a submission, each once. */
function listRuns(runs: readonly KernelRun[]): string {
  return [...new Set(runs.map(describeRun))].join(", ");
}
