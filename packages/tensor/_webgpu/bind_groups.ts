import type { Block } from "./buffer_pool.ts";
import type { Layout } from "./pipelines.ts";

/** The most bind groups that are kept; a training step has one a dispatch. */
const MOST_GROUPS = 4096;

/** Bind groups that were made, by their layout and blocks. They go with the first of their blocks. */
export class BindGroups {
  readonly #device: GPUDevice;
  readonly #uniforms: GPUBuffer;
  readonly #groups = new Map<string, GPUBindGroup>();
  readonly #keysOf = new Map<number, Set<string>>();
  #created = 0;

  constructor(device: GPUDevice, uniforms: GPUBuffer) {
    this.#device = device;
    this.#uniforms = uniforms;
  }

  /** Bind groups made since the start. */
  get created(): number {
    return this.#created;
  }

  get(layout: Layout, options: {
    readonly blocks: readonly Block[];
    readonly uniformBytes: number;
  }): GPUBindGroup {
    const { blocks, uniformBytes } = options;
    let key = `${layout.id}:${uniformBytes}`;
    for (const block of blocks) key += `,${block.id}`;
    return this.#groups.get(key) ?? this.#create(key, layout, options);
  }

  /** Forgets the groups of a block that is about to be destroyed. */
  forget(block: Block): void {
    for (const key of this.#keysOf.get(block.id) ?? []) this.#groups.delete(key);
    this.#keysOf.delete(block.id);
  }

  #create(key: string, layout: Layout, { blocks, uniformBytes }: {
    readonly blocks: readonly Block[];
    readonly uniformBytes: number;
  }): GPUBindGroup {
    if (this.#groups.size >= MOST_GROUPS) {
      this.#groups.clear();
      this.#keysOf.clear();
    }
    const group = this.#device.createBindGroup({
      layout: layout.group,
      entries: [
        { binding: 0, resource: { buffer: this.#uniforms, size: uniformBytes } },
        ...blocks.map(({ buffer }, at) => ({ binding: at + 1, resource: { buffer } })),
      ],
    });
    this.#created++;
    this.#groups.set(key, group);
    for (const { id } of blocks) {
      const keys = this.#keysOf.get(id);
      if (keys === undefined) this.#keysOf.set(id, new Set([key]));
      else keys.add(key);
    }
    return group;
  }
}
