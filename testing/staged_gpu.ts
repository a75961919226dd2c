/**
 * The machine's GPU, with lower limits, without features, or with a device that was meddled with: to see what a backend does where
 * GPUs are small, or fail.
 *
 * @param options `limits` and `features` replace those of the adapter; `onDevice` gets each device before the backend does.
 */
export function stagedGpu(options: {
  readonly limits?: Readonly<Record<string, number>>;
  readonly features?: ReadonlySet<string>;
  readonly onDevice?: (device: GPUDevice) => void;
}): GPU {
  const requestAdapter = async (wish?: GPURequestAdapterOptions) => {
    const adapter = await navigator.gpu.requestAdapter(wish);
    if (adapter === null) return null;
    const limits = new Proxy(adapter.limits, {
      get: (own, name) => options.limits?.[String(name)] ?? Reflect.get(own, name, own),
    });
    const requestDevice = async (descriptor?: GPUDeviceDescriptor) => {
      const device = await adapter.requestDevice(descriptor);
      options.onDevice?.(device);
      return device;
    };
    const { info } = adapter;
    const { features = adapter.features } = options;
    return { info, features, limits, requestDevice } as unknown as GPUAdapter;
  };
  return { requestAdapter } as unknown as GPU;
}
