import { type Backend, equalShapes, formatShape, ShapeError, type Storage } from "@gradus/tensor";
import type { OptimizedParameter } from "./optimized_parameter.ts";

/** Refuses parameters that cannot be moved together; returns their backend. */
export function checkParameters(parameters: readonly OptimizedParameter[]): Backend {
  if (parameters.length === 0) {
    throw new TypeError("Cannot optimize as there must be at least one parameter: found none");
  }
  const { backend } = parameters[0]!.value;
  const names = new Set<string>();
  const owners = new Map<Storage, string>();
  for (const { name, value, gradient } of parameters) {
    if (names.has(name)) {
      throw new TypeError(
        `Cannot optimize ${name} as each parameter must be given once: found two of that name`,
      );
    }
    names.add(name);
    for (const tensor of [value, gradient]) {
      if (tensor.backend !== backend) {
        const two = tensor.backend.name === backend.name ? " (two of them)" : "";
        throw new TypeError(
          `Cannot optimize ${name} as all parameters must be on one backend: found ${backend.name} and ${tensor.backend.name}${two}`,
        );
      }
      if (tensor.dtype !== backend.float) {
        throw new ShapeError(
          `Cannot optimize ${name} as its numbers must be ${backend.float}: found ${tensor.dtype}`,
        );
      }
    }
    if (!equalShapes(value.shape, gradient.shape)) {
      throw new ShapeError(
        `Cannot optimize ${name} as its gradient must have its shape: found ${
          formatShape(value.shape)
        } and ${formatShape(gradient.shape)}`,
      );
    }
    const owner = owners.get(value.storage);
    if (owner !== undefined) {
      throw new TypeError(
        `Cannot optimize ${name} as its numbers must be its own: found those of ${owner}`,
      );
    }
    owners.set(value.storage, name);
  }
  return backend;
}
