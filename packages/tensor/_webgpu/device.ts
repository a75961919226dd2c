import { WebGpuError } from "./web_gpu_error.ts";

/**
 * Which programs suit the adapter: products whose tiles lie in registers alone, for processors that play a
 * GPU, or in workgroup memory too, for all GPUs.
 */
export type KernelFamily = "registers" | "workgroup";

/** What is known of an adapter. */
export interface AdapterFacts {
  /** Who made it, as the runtime says it. */
  readonly vendor: string;
  /** Its generation, as the runtime says it; may be empty. */
  readonly architecture: string;
  /** Its name, as the runtime says it; may be empty. */
  readonly description: string;
  /** Whether a processor plays it. */
  readonly isFallback: boolean;
}

/** Limits that are asked of the adapter; WebGPU's defaults suit the smallest phone. */
const LIMITS = [
  "maxStorageBuffersPerShaderStage",
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "minUniformBufferOffsetAlignment",
] as const;

/** Features that kernels know how to use. */
const FEATURES = ["shader-f16", "timestamp-query", "subgroups"] as const;

/** Which adapter to ask for. */
export interface AdapterOptions {
  /** Where to ask for it. Default: `navigator.gpu`. */
  readonly gpu?: GPU;
  /** Which adapter, where there are several. Default: `high-performance`. */
  readonly powerPreference?: GPUPowerPreference;
}

/** Asks for an adapter, and for a device with all of it that kernels use. */
export async function openDevice(
  options: AdapterOptions,
): Promise<{ device: GPUDevice; adapter: AdapterFacts }> {
  const gpu = gpuOf(options);
  if (gpu === undefined) {
    throw new WebGpuError(
      "unavailable",
      "Cannot open the webgpu backend as the runtime must have WebGPU: found no navigator.gpu",
    );
  }
  const adapter = await requestAdapter(gpu, options);
  if (adapter === null) {
    throw new WebGpuError(
      "unavailable",
      "Cannot open the webgpu backend as the machine must have an adapter: found none",
    );
  }
  const requiredFeatures = FEATURES.filter((name) =>
    adapter.features.has(name as GPUFeatureName)
  ) as GPUFeatureName[];
  const requiredLimits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]));
  let device: GPUDevice;
  try {
    device = await adapter.requestDevice({ requiredFeatures, requiredLimits });
  } catch (cause) {
    throw new WebGpuError(
      "unavailable",
      `Cannot open the webgpu backend as the adapter must give a device: found ${
        (cause as Error).message
      }`,
    );
  }
  return { device, adapter: factsOf(adapter.info) };
}

/** What is known of the adapter that would be opened; `null` where there is none. */
export async function findAdapter(options: AdapterOptions): Promise<AdapterFacts | null> {
  const gpu = gpuOf(options);
  const adapter = gpu === undefined ? null : await requestAdapter(gpu, options);
  return adapter === null ? null : factsOf(adapter.info);
}

function gpuOf({ gpu }: AdapterOptions): GPU | undefined {
  return gpu ?? (globalThis.navigator as { gpu?: GPU } | undefined)?.gpu;
}

function requestAdapter(
  gpu: GPU,
  { powerPreference = "high-performance" }: AdapterOptions,
): Promise<GPUAdapter | null> {
  return gpu.requestAdapter({ powerPreference });
}

function factsOf(info: GPUAdapterInfo): AdapterFacts {
  const { vendor, architecture, description } = info;
  const software = /llvmpipe|swiftshader|softpipe|basic render/i;
  return {
    vendor,
    architecture,
    description,
    isFallback: (info as { isFallbackAdapter?: boolean }).isFallbackAdapter === true ||
      software.test(`${architecture} ${description}`),
  };
}

/**
 * The family for an adapter. Of a GPU it does not matter who made it, nor whether it shares the processor's
 * memory: the integrated ones of Intel, AMD, Apple and phones have workgroup memory on the chip as well
 * ([decision 12](../../../docs/decisions/0012-webgpu-products.md)). To a processor it is memory as any other.
 */
export function familyFor({ isFallback }: AdapterFacts): KernelFamily {
  return isFallback ? "registers" : "workgroup";
}
