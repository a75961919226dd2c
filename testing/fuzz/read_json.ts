/** The value of a JSON text; that it is none is an error as readers of files have it. */
export function readJson(bytes: Uint8Array, file = "a file"): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new SyntaxError(`Cannot read ${file} as it must be JSON: found something else`, {
      cause,
    });
  }
}
