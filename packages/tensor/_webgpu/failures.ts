import { WebGpuError } from "./web_gpu_error.ts";

/**
 * What went wrong on a device, which says so late: kept, and thrown by whatever is called next. The first
 * failure stays, since nothing computed after it can be trusted.
 */
export class Failures {
  readonly #device: GPUDevice;
  readonly #checks = new Set<Promise<void>>();
  #failure: Error | null = null;

  constructor(device: GPUDevice) {
    this.#device = device;
    device.lost.then(({ reason, message }) => {
      this.add(
        new WebGpuError(
          "lost",
          `Cannot use the webgpu backend as its device must not be lost: found it lost, ${reason} (${message})`,
        ),
      );
    });
    device.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      this.add(
        new WebGpuError(
          "validation",
          `Cannot use the webgpu backend as its device must report no error: found ${
            (event as GPUUncapturedErrorEvent).error.message
          }`,
        ),
      );
    });
  }

  add(failure: Error): void {
    this.#failure ??= failure;
  }

  /** Throws the first failure that is known of. */
  check(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  /**
   * Does something on the device, and should the device find an error in it, keeps what `explain` makes of
   * its message.
   */
  guard<T>(
    filters: readonly GPUErrorFilter[],
    act: () => T,
    explain: (message: string, filter: GPUErrorFilter) => Error | Promise<Error>,
  ): T {
    for (const filter of filters) this.#device.pushErrorScope(filter);
    try {
      return act();
    } finally {
      for (const filter of filters.toReversed()) {
        const scope = this.#device.popErrorScope();
        this.#watch(scope.then(async (error) => {
          if (error !== null) this.add(await explain(error.message, filter));
        }, () => {})); // a lost device has no scopes, and says itself that it is lost
      }
    }
  }

  /** Resolves when the device has answered for all that was guarded so far. */
  async settle(): Promise<void> {
    await Promise.all(this.#checks);
  }

  #watch(check: Promise<void>): void {
    this.#checks.add(check);
    check.finally(() => this.#checks.delete(check));
  }
}
