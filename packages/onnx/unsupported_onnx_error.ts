/**
 * A file of ONNX is whole, and has something that no layer of Gradus does; the message tells what and where.
 *
 * @example
 * ```ts
 * import { UnsupportedOnnxError } from "@gradus/onnx";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new UnsupportedOnnxError("Cannot decode …", { operators: ["LSTM", "Resize"] });
 * assertEquals(error.operators, ["LSTM", "Resize"]);
 * ```
 */
export class UnsupportedOnnxError extends TypeError {
  /** Always `"UnsupportedOnnxError"`. */
  override readonly name = "UnsupportedOnnxError";
  /** All operators of the file that no layer has; empty where something else is in the way. */
  readonly operators: readonly string[];

  /**
   * An error.
   *
   * @param message The line that is shown.
   * @param options Operators, if it is they, and the error behind it.
   */
  constructor(
    message: string,
    options: { readonly operators?: readonly string[]; readonly cause?: unknown } = {},
  ) {
    const { operators = [], ...rest } = options;
    super(message, rest);
    this.operators = operators;
  }
}
