/** The version of the file format that is written: onnxruntime reads it since 1.12, of 2022. */
export const IR_VERSION = 8;

/** The set of operators that is written: the first with layer normalisation. */
export const OPSET = 17;

/** The key of a file's metadata under which the settings of all layers stand. */
export const RECORD_KEY = "gradus.model";
