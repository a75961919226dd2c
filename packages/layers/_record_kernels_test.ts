import type { Backend } from "@gradus/tensor";

/** Names of the kernels that a backend runs from now on, as they run. */
export function recordKernels(backend: Backend): string[] {
  const names: string[] = [];
  const members = backend as unknown as Record<string, unknown>;
  for (const [name, member] of Object.entries(members)) {
    if (typeof member !== "function") continue;
    members[name] = (...args: unknown[]) => {
      names.push(name);
      return Reflect.apply(member, backend, args);
    };
  }
  return names;
}
