/**
 * Waits for a promise, but not for ever.
 *
 * @param promise What may never come.
 * @param patienceMs How long to wait.
 * @returns What it came to; null if it was late.
 */
export async function inTime<T>(
  promise: Promise<T>,
  patienceMs: number,
): Promise<{ readonly value: T } | null> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<null>((resolve) => timer = setTimeout(() => resolve(null), patienceMs));
  try {
    return await Promise.race([promise.then((value) => ({ value })), late]);
  } finally {
    clearTimeout(timer!);
  }
}
