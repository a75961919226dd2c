import {
  cifarFormat,
  idxFormat,
  imagesNpyFormat,
  irisFormat,
  npyFormat,
  npyHeaderFormat,
} from "./data_formats.ts";
import type { FuzzedFormat } from "./fuzzed_format.ts";
import {
  layersModelFormat,
  onnxFormat,
  torchTrainingFormat,
  torchWeightsFormat,
} from "./interchange_formats.ts";
import {
  checkpointFormat,
  checkpointRecordFormat,
  layerRecordFormat,
  modelFormat,
  modelRecordFormat,
  safetensorsFormat,
  safetensorsHeaderFormat,
} from "./model_formats.ts";
import {
  configFormat,
  historyFormat,
  standardizerFormat,
  trainingFormat,
  trialFormat,
} from "./run_formats.ts";

/** Every reader of files that there is. */
export const FORMATS: readonly FuzzedFormat[] = [
  safetensorsFormat,
  safetensorsHeaderFormat,
  modelFormat,
  modelRecordFormat,
  checkpointFormat,
  checkpointRecordFormat,
  layerRecordFormat,
  npyFormat,
  npyHeaderFormat,
  imagesNpyFormat,
  idxFormat,
  cifarFormat,
  irisFormat,
  standardizerFormat,
  configFormat,
  historyFormat,
  trialFormat,
  trainingFormat,
  onnxFormat,
  layersModelFormat,
  torchWeightsFormat,
  torchTrainingFormat,
];
