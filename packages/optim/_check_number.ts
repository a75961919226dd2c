/**
 * Refuses what is not a finite number of at least 0; `what` is `make a schedule as the rate`, or
 * such.
 */
export function checkNotNegative(what: string, value: number): void {
  if (!Number.isFinite(value) || value < 0) {
    throw new RangeError(
      `Cannot ${what} must be a finite number of at least 0: found ${shown(value)}`,
    );
  }
}

/** Refuses what is not a finite number above 0. */
export function checkPositive(what: string, value: number): void {
  if (!Number.isFinite(value) || value <= 0) {
    throw new RangeError(`Cannot ${what} must be a finite number above 0: found ${shown(value)}`);
  }
}

/** Refuses what is not in [0, 1). */
export function checkShare(what: string, value: number): void {
  if (!Number.isFinite(value) || value < 0 || value >= 1) {
    throw new RangeError(`Cannot ${what} must be in [0, 1): found ${shown(value)}`);
  }
}

/** Refuses what is not a whole number of at least 1. */
export function checkCount(what: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(
      `Cannot ${what} must be a whole number of at least 1: found ${shown(value)}`,
    );
  }
}

/** Refuses what is not a whole number of at least 0. */
export function checkWhole(what: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(
      `Cannot ${what} must be a whole number of at least 0: found ${shown(value)}`,
    );
  }
}

/** What was found, for the end of a message: from a file it may be anything that JSON is. */
export function shown(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value).slice(0, 80) : `${value}`;
}
