/** What a normalisation adds to variances; 1e-5 unless given. */
export function readEpsilon(
  epsilon: number | undefined,
  options: { readonly layer: string },
): number {
  const value = epsilon ?? 1e-5;
  if (!Number.isFinite(value) || value <= 0) {
    throw new RangeError(
      `Cannot make ${options.layer} as epsilon must be finite and above 0: found ${value}`,
    );
  }
  return value;
}
