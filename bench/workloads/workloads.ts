import { convolution } from "./convolution.ts";
import { convolutionalNetwork } from "./convolutional_network.ts";
import { iris } from "./iris.ts";
import { kernels } from "./kernels.ts";
import { matrixProduct } from "./matrix_product.ts";
import { multilayerPerceptron } from "./multilayer_perceptron.ts";
import type { Workload } from "./workload.ts";

/** All that runs on a backend: W1 to W5, W4 in batches of other sizes, and the kernels. */
export const workloads: readonly Workload[] = [
  matrixProduct(64),
  matrixProduct(512),
  matrixProduct(1024),
  convolution("forward"),
  convolution("all"),
  multilayerPerceptron,
  convolutionalNetwork(128),
  iris,
  ...[16, 32, 64, 256, 512].map(convolutionalNetwork),
  ...kernels,
];
