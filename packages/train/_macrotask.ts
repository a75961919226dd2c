/** Lets timers, signals, finalisers and the page run once. */
export const macrotask: () => Promise<void> = typeof setImmediate === "function"
  // Takes microseconds, where a timer of 0 ms takes at least one.
  ? () => new Promise((resolve) => void setImmediate(resolve))
  : () => new Promise((resolve) => void setTimeout(resolve, 0));
