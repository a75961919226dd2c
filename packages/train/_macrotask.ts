/** Lets timers, signals, finalisers and the page run once. */
export const macrotask: () => Promise<void> = typeof setImmediate === "function"
  // Takes microseconds, where a timer of 0 ms takes at least one.
  ? () => new Promise((resolve) => void setImmediate(resolve))
  : throughChannel(new MessageChannel());

/** In browsers, where a timer that another one set takes four milliseconds, a message to oneself. */
export function throughChannel({ port1, port2 }: MessageChannel): () => Promise<void> {
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()!();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(null);
    });
}
