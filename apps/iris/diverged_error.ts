/** Training diverged with every combination: the program shows its one line and ends with exit code 1. */
export class DivergedError extends Error {
  /** Always `"DivergedError"`. */
  override readonly name = "DivergedError";
}
