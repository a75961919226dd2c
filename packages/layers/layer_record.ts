import type { ArctanRecord } from "./arctan.ts";
import type { AveragePool2dRecord } from "./average_pool2d.ts";
import type { BatchNormRecord } from "./batch_norm.ts";
import type { Conv2dRecord } from "./conv2d.ts";
import type { DenseRecord } from "./dense.ts";
import type { DropoutRecord } from "./dropout.ts";
import type { EluRecord } from "./elu.ts";
import type { FlattenRecord } from "./flatten.ts";
import type { GeluRecord } from "./gelu.ts";
import type { GlobalAveragePool2dRecord } from "./global_average_pool2d.ts";
import type { GlobalMaxPool2dRecord } from "./global_max_pool2d.ts";
import type { LayerNormRecord } from "./layer_norm.ts";
import type { LeakyReluRecord } from "./leaky_relu.ts";
import type { LinearRecord } from "./linear.ts";
import type { MaxPool2dRecord } from "./max_pool2d.ts";
import type { ReluRecord } from "./relu.ts";
import type { ResidualRecord } from "./residual.ts";
import type { ScaleRecord } from "./scale.ts";
import type { SequentialRecord } from "./sequential.ts";
import type { SigmoidRecord } from "./sigmoid.ts";
import type { SiluRecord } from "./silu.ts";
import type { SoftmaxRecord } from "./softmax.ts";
import type { SoftplusRecord } from "./softplus.ts";
import type { TanhRecord } from "./tanh.ts";

/** Every layer of this package as JSON: a closed union, so that no name from a file is ever looked up. */
export type LayerRecord =
  | ArctanRecord
  | AveragePool2dRecord
  | BatchNormRecord
  | Conv2dRecord
  | DenseRecord
  | DropoutRecord
  | EluRecord
  | FlattenRecord
  | GeluRecord
  | GlobalAveragePool2dRecord
  | GlobalMaxPool2dRecord
  | LayerNormRecord
  | LeakyReluRecord
  | LinearRecord
  | MaxPool2dRecord
  | ReluRecord
  | ResidualRecord
  | ScaleRecord
  | SequentialRecord
  | SigmoidRecord
  | SiluRecord
  | SoftmaxRecord
  | SoftplusRecord
  | TanhRecord;
