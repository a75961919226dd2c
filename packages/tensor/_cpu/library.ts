import { type FunctionBuilder, type Locals, ModuleBuilder, type Parameters } from "./assembler.ts";
import type { Heap } from "./heap.ts";

/** A kernel that may be run. */
export type Kernel = (...numbers: number[]) => void;

/** A function of a native library, for workers in Deno to load. */
export interface NativeFunction {
  /** Name or path of the library. */
  readonly library: string;
  readonly name: string;
  /** Types of its parameters, as `Deno.dlopen` knows them; it returns nothing. */
  readonly parameters: readonly string[];
}

/**
 * Kernels by number, each a module of its own that is assembled when it is first run: a program pays for
 * the kernels that it uses, about a millisecond each, and starts at once.
 */
export class Library {
  readonly #heap: Heap;
  readonly #recipes: ((module: ModuleBuilder) => void)[] = [];
  readonly #natives = new Map<number, NativeFunction>();
  readonly #kernels: (Kernel | undefined)[] = [];
  #directory = 0;

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  /**
   * Adds a kernel.
   *
   * @returns Its number.
   */
  add<P extends Parameters>(
    name: string,
    signature: { readonly parameters: P },
    body: (f: FunctionBuilder, parameters: Locals<P>) => void,
  ): number {
    this.#kernels.push(undefined);
    return this.#recipes.push((module) => module.add(name, signature, body)) - 1;
  }

  /**
   * Adds a native function to the kernels, before any worker runs.
   *
   * @param run The function, for the caller's thread.
   * @param source Where workers find it.
   * @returns Its number.
   */
  addNative(run: Kernel, source: NativeFunction): number {
    const kernel = this.#kernels.push(run) - 1;
    this.#recipes.push(() => {});
    this.#natives.set(kernel, source);
    return kernel;
  }

  /** The native functions among the kernels, by number. */
  get natives(): ReadonlyMap<number, NativeFunction> {
    return this.#natives;
  }

  /** The kernel of a number. */
  take(kernel: number): Kernel {
    return this.#kernels[kernel] ?? this.#assemble(kernel);
  }

  /** How many there are. */
  get size(): number {
    return this.#recipes.length;
  }

  /** The bytes of a kernel's module, assembled anew. */
  bytesOf(kernel: number): Uint8Array<ArrayBuffer> {
    const module = new ModuleBuilder(this.#heap);
    this.#recipes[kernel]!(module);
    return module.build();
  }

  /**
   * Address of a directory for workers: for each kernel where its bytes are, and how many; zeros until it
   * was taken.
   */
  get directory(): number {
    if (this.#directory === 0) {
      const sizeBytes = 8 * this.#recipes.length;
      this.#directory = this.#heap.allocate(sizeBytes, "the directory of kernels");
      this.#kernels.forEach((kernel, at) => {
        if (kernel === undefined || this.#natives.has(at)) return;
        this.#publish(at, this.bytesOf(at));
      });
    }
    return this.#directory;
  }

  #assemble(kernel: number): Kernel {
    const bytes = this.bytesOf(kernel);
    if (this.#directory !== 0) this.#publish(kernel, bytes);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
      env: { memory: this.#heap.memory },
    });
    const run = Object.values(exports)[0] as Kernel;
    this.#kernels[kernel] = run;
    return run;
  }

  #publish(kernel: number, bytes: Uint8Array): void {
    const address = this.#heap.allocate(bytes.length, "the code of a kernel");
    this.#heap.bytes.set(bytes, address);
    this.#heap.ints[this.#directory / 4 + 2 * kernel] = address;
    this.#heap.ints[this.#directory / 4 + 2 * kernel + 1] = bytes.length;
  }
}
