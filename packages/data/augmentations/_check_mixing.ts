/** Throws a `RangeError` unless mixing can be told so. */
export function checkMixing(
  action: string,
  options: { readonly alpha: number; readonly classes: number },
): void {
  const { alpha, classes } = options;
  if (!(alpha > 0 && alpha < Infinity)) {
    throw new RangeError(`Cannot ${action} as alpha must be finite and above 0: found ${alpha}`);
  }
  if (!Number.isSafeInteger(classes) || classes < 1) {
    throw new RangeError(
      `Cannot ${action} as the classes must be a whole number above 0: found ${classes}`,
    );
  }
}
