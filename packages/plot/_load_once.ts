/**
 * A function that calls `load` the first time and gives the same result ever after, whatever the
 * argument. Where loading failed, the next call tries again.
 */
export function loadOnce<Argument, Value>(
  load: (argument: Argument) => Promise<Value>,
): (argument: Argument) => Promise<Value> {
  let loaded: Promise<Value> | undefined;
  return (argument) => {
    loaded ??= load(argument).catch((error) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
}
