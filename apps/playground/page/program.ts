import { layerCode, networkPlan } from "../network_plan.ts";
import type { BackendFacts, FilesFacts } from "../messages.ts";
import { DRAWN_VALIDATION_ROWS, type OptimizerName, type Settings } from "../settings.ts";

/** What of the tab's state the program depends on, beside the settings. */
export interface ProgramContext {
  /** What was dropped. */
  readonly files: FilesFacts | null;
  /** What computes. */
  readonly backend: BackendFacts["name"];
}

/** The data's part of a program: what it imports, and how it comes to batches. */
interface DataCode {
  readonly imports: readonly string[];
  readonly inputShape: readonly number[];
  readonly classes: number;
  readonly code: string;
}

/**
 * What the tab runs with these settings, as a program for Deno.
 *
 * @param settings The settings.
 * @param context What was dropped, and what computes.
 * @returns TypeScript. It prints a line an epoch: its number, then mean loss and accuracy in training
 * and in validation.
 */
export function programText(settings: Settings, { files, backend }: ProgramContext): string {
  const data = dataCode(settings, files);
  const plan = networkPlan(settings, data);
  const layers = [...new Set(plan.map(({ layer }) => layer)), "Sequential"].sort();
  const { optimizer, epochs, seed, threads } = settings;
  return `import { ${[...data.imports].sort(byName).join(", ")} } from "@gradus/data";
import { ${layers.join(", ")} } from "@gradus/layers";
import { SoftmaxCrossEntropy } from "@gradus/losses";
import { ${OPTIMIZERS[optimizer].name} } from "@gradus/optim";
import { random } from "@gradus/random";
${BACKENDS[backend].imports}
import { evaluate, fit } from "@gradus/train";

const backend = await ${BACKENDS[backend].open(threads)};

${data.code}

const model = new Sequential([
${plan.map((layer) => `  ${layerCode(layer)},`).join("\n")}
]);
model.init([${data.inputShape.join(", ")}], { backend, random: random(${seed}) });
const loss = new SoftmaxCrossEntropy();
const optimizer = new ${OPTIMIZERS[optimizer].name}(model.parameters, {
  learningRate: ${settings.learningRate},${OPTIMIZERS[optimizer].more}
});

for await (const step of fit({ model, loss, optimizer, batches, epochs: ${epochs} })) {
  if (!step.isLast) continue;
  const training = await step.epochMeans();
  const validation = await evaluate({ model, loss, backend, batches: validationBatches });
  console.log(step.epoch + 1, training.loss, training.accuracy, validation.loss, validation.accuracy);
}
await backend.close();
`;
}

const BACKENDS = {
  wasm: {
    imports: `import { cpu } from "@gradus/tensor/cpu";`,
    open: (threads: number) => `cpu({ threads: ${threads} })`,
  },
  webgpu: {
    imports: `import { webGpu } from "@gradus/tensor/webgpu";`,
    open: () => `webGpu()`,
  },
};

const OPTIMIZERS: Readonly<
  Record<OptimizerName, { readonly name: string; readonly more: string }>
> = {
  sgd: { name: "Sgd", more: "\n  momentum: 0.9," },
  adam: { name: "Adam", more: "" },
  adamw: { name: "AdamW", more: "" },
  muon: { name: "Muon", more: "" },
  rmsprop: { name: "RmsProp", more: "" },
};

function dataCode(settings: Settings, files: FilesFacts | null): DataCode {
  const { batch, seed, rows } = settings;
  switch (settings.data) {
    case "iris":
      return {
        imports: [
          "Batches",
          "type Dataset",
          "fitStandardizer",
          "iris",
          "stratifiedSplit",
          "takeRows",
        ],
        inputShape: [4],
        classes: 3,
        code: `const flowers = iris();
const rows = stratifiedSplit(flowers.y, {
  counts: { training: 120, validation: 30 },
  random: random(${seed}),
});
const training = takeRows(flowers, rows.training);
const validation = takeRows(flowers, rows.validation);
const standardizer = fitStandardizer(training.x); // of the training rows alone
const standardize = ({ x, y }: Dataset) => ({ x: standardizer.transform(x), y });
const batches = new Batches(standardize(training), { size: ${batch}, seed: ${seed} });
const validationBatches = new Batches(standardize(validation), { size: ${batch} });`,
      };
    case "shapes":
      return {
        imports: ["channelStatistics", "drawnShapes", "ImageBatches", "takeRows"],
        inputShape: [32, 32, 3],
        classes: 10,
        code: `const images = drawnShapes({ rows: ${rows + DRAWN_VALIDATION_ROWS}, seed: 0 });
const row = images.y.data.map((_, row) => row);
const training = takeRows(images, row.slice(0, ${rows}));
const validation = takeRows(images, row.slice(${rows}));
${imageBatches(batch, seed)}`,
      };
    case "files":
      return filesCode(settings, files);
  }
}

function filesCode({ batch, seed, rows }: Settings, files: FilesFacts | null): DataCode {
  const isCifar = files?.title === "CIFAR-10";
  const load = isCifar ? "loadCifar10" : "loadFashionMnist";
  const folder = isCifar ? "data/cifar-10" : "data/fashion-mnist";
  const inputShape = files?.inputShape ?? [28, 28, 1];
  const validation = files === null ? 1000 : files.validationRows;
  const training = files === null ? rows : Math.min(rows, files.rows - validation);
  return {
    imports: ["channelStatistics", "ImageBatches", load, "stratifiedSplit", "takeRows"],
    inputShape,
    classes: 10,
    code: `const { training: images } = await ${load}("${folder}"); // the folder of your files
const rows = stratifiedSplit(images.y, {
  counts: { training: ${training}, validation: ${validation} },
  random: random(0),
});
const training = takeRows(images, rows.training);
const validation = takeRows(images, rows.validation);
${imageBatches(batch, seed)}`,
  };
}

function imageBatches(batch: number, seed: number): string {
  return `const statistics = channelStatistics(training.x); // of the training images alone
const batches = new ImageBatches(training, { size: ${batch}, seed: ${seed}, statistics });
const validationBatches = new ImageBatches(validation, { size: ${batch}, statistics });`;
}

function byName(...names: [string, string]): number {
  const [a, b] = names.map((name) => name.replace("type ", "").toLowerCase());
  return a! < b! ? -1 : 1;
}
