import { STAGE_COMPUTE } from "./constants.ts";
import type { Failures } from "./failures.ts";
import { type BoundRun, describeRun, programOf } from "./kernel_run.ts";
import { numbers } from "./kernels/numbers.ts";
import { WebGpuError } from "./web_gpu_error.ts";

/** What a dispatch needs of its kernel. */
export interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  readonly layout: Layout;
}

/** Which bindings may be written: bind groups of one layout fit all pipelines of that layout. */
export interface Layout {
  readonly id: number;
  readonly group: GPUBindGroupLayout;
  readonly whole: GPUPipelineLayout;
}

/** Pipelines that were compiled, by the keys of their runs. */
export class Pipelines {
  readonly #device: GPUDevice;
  readonly #failures: Failures;
  readonly #pipelines = new Map<string, Pipeline>();
  readonly #layouts = new Map<string, Layout>();

  constructor(device: GPUDevice, failures: Failures) {
    this.#device = device;
    this.#failures = failures;
  }

  /** Pipelines compiled since the start. */
  get count(): number {
    return this.#pipelines.size;
  }

  get(bound: BoundRun): Pipeline {
    let pipeline = this.#pipelines.get(bound.key);
    if (pipeline === undefined) {
      pipeline = this.#compile(bound);
      this.#pipelines.set(bound.key, pipeline);
    }
    return pipeline;
  }

  #compile(bound: BoundRun): Pipeline {
    const { bindings, run } = bound;
    const limit = this.#device.limits.maxStorageBuffersPerShaderStage;
    if (bindings.length > limit) {
      throw new WebGpuError(
        "validation",
        `Cannot run ${
          describeRun(run)
        } as its arrays must be at most the ${limit} that the device binds: found ${bindings.length}`,
      );
    }
    const layout = this.#layoutOf(bindings.map(({ access }) => access));
    const code = programOf(bound, numbers);
    const pipeline = this.#failures.guard(
      ["validation", "internal"],
      () => {
        const module = this.#device.createShaderModule({ code, label: run.name });
        const compute = { module, entryPoint: "main" };
        return this.#device.createComputePipeline({
          layout: layout.whole,
          compute,
          label: run.name,
        });
      },
      (message) =>
        new WebGpuError(
          "compilation",
          `Cannot compile ${
            describeRun(run)
          } as its program must be valid: found ${message.trim()}\n${numberLines(code)}`,
        ),
    );
    return { pipeline, layout };
  }

  #layoutOf(accesses: readonly ("read" | "read_write")[]): Layout {
    const key = accesses.join();
    let layout = this.#layouts.get(key);
    if (layout === undefined) {
      const visibility = STAGE_COMPUTE;
      const group = this.#device.createBindGroupLayout({
        entries: [
          { binding: 0, visibility, buffer: { type: "uniform", hasDynamicOffset: true } },
          ...accesses.map((access, at): GPUBindGroupLayoutEntry => ({
            binding: at + 1,
            visibility,
            buffer: { type: access === "read" ? "read-only-storage" : "storage" },
          })),
        ],
      });
      const whole = this.#device.createPipelineLayout({ bindGroupLayouts: [group] });
      layout = { id: this.#layouts.size, group, whole };
      this.#layouts.set(key, layout);
    }
    return layout;
  }
}

function numberLines(code: string): string {
  return code.split("\n").map((line, at) => `${`${at + 1}`.padStart(4)} ${line}`).join("\n");
}
