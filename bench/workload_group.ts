/** What a workload's name on a command line may be short for: `W1` of `W1-512`, `kernels` and `batches`. */
export function groupOf(name: string): string {
  if (name.startsWith("kernel ")) return "kernels";
  if (name.startsWith("batch ")) return "batches";
  return name.split("-")[0]!;
}

/** Whether other libraries are measured on it as well. */
export function isShared(name: string): boolean {
  return !["kernels", "batches"].includes(groupOf(name));
}
