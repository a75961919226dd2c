/**
 * What data-parallel training of the networks of the apps would cost in traffic: the table of
 * `docs/scaling.md`, which `docs_test.ts` compares. To write it anew:
 *
 *     deno run --allow-read --allow-write docs/_traffic.ts
 *
 * @module
 */
import { channelStatistics, drawnShapes } from "@gradus/data";
import { Dense, Flatten, Relu, Sequential } from "@gradus/layers";
import { random } from "@gradus/random";
import { cpu } from "@gradus/tensor/cpu";
import { buildNetwork } from "../apps/cifar/network.ts";
import { trainingOperations } from "../apps/cifar/operations.ts";
import { type Recipe, RECIPES } from "../apps/cifar/recipes.ts";
import { FLAGS } from "../apps/fashion_mnist/flags.ts";

/** What two cores reach in training: see `bench/results`. */
const OPERATIONS_PER_SECOND = 80e9;
/** A step takes so long however small it is. */
const LEAST_STEP_SECONDS = 5e-6;
/** Ethernet of 1 Gbit/s. */
const BYTES_PER_SECOND = 125e6;
/** From one machine to the next. */
const LATENCY_SECONDS = 1e-4;

/** A network, and how many rows it is trained on at a time. */
interface Workload {
  readonly name: string;
  readonly model: Sequential;
  readonly batch: number;
}

async function workloads(): Promise<Workload[]> {
  const backend = await cpu({ threads: 1 });
  const context = { backend, random: random(0) };
  const perceptron = (...units: number[]) =>
    new Sequential([
      new Flatten(),
      ...units.slice(0, -1).flatMap((unit) => [new Dense(unit), new Relu()]),
      new Dense(units.at(-1)!),
    ]);
  const iris = perceptron(16, 3);
  iris.init([4], context);
  const hidden = FLAGS.hidden.fallback!;
  const fashion = perceptron(...hidden, 10);
  fashion.init([28, 28, 1], context);
  const training = drawnShapes({ rows: 20, seed: 0 });
  const statistics = channelStatistics(training.x);
  const cifar = Object.entries<Recipe>(RECIPES).map(([name, recipe]): Workload => {
    const { model } = buildNetwork(
      recipe,
      { ...context, training, statistics, stepsPerEpoch: 1 },
      { epochs: recipe.epochs, batch: recipe.batch, learningRate: null },
    );
    return { name: `CIFAR-10, ${name}`, model, batch: recipe.batch };
  });
  const all = [
    { name: "Iris, 4-16-3", model: iris, batch: 16 },
    { name: `Fashion-MNIST, ${[784, ...hidden, 10].join("-")}`, model: fashion, batch: 128 },
    ...cifar,
  ];
  await backend.close();
  return all;
}

/** The table, in Markdown. */
export async function trafficTable(): Promise<string> {
  const rows = (await workloads()).map(({ name, model, batch }) => {
    const numbers = model.parameters.filter(({ trainable }) => trainable)
      .reduce((sum, { value }) => sum + value.size, 0);
    const operations = trainingOperations(model, batch);
    const alone = Math.max(operations / OPERATIONS_PER_SECOND, LEAST_STEP_SECONDS);
    const speeds = [2, 8].flatMap((machines) => {
      const traffic = 2 * (machines - 1) / machines * 4 * numbers / BYTES_PER_SECOND +
        2 * (machines - 1) * LATENCY_SECONDS;
      const step = Math.max(alone / machines, LEAST_STEP_SECONDS) + traffic;
      return [`${format(1000 * traffic)} ms`, `${format(alone / step)} ×`];
    });
    return [
      ...[name, `${batch}`, bytes(4 * numbers), `${format(1000 * alone)} ms`],
      ...speeds,
    ];
  });
  const header = [
    ...["network", "rows of a step", "its gradient", "step on one machine"],
    ...["traffic of two", "speed", "traffic of eight", "speed"],
  ];
  return [header, header.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`)
    .join("\n");
}

/** Two significant digits. */
function format(value: number): string {
  return `${Number(value.toPrecision(2))}`;
}

function bytes(count: number): string {
  if (count < 1e3) return `${count} B`;
  return count < 1e6 ? `${format(count / 1e3)} kB` : `${format(count / 1e6)} MB`;
}

const page = new URL("scaling.md", import.meta.url);
const [open, close] = ["<!-- traffic -->", "<!-- /traffic -->"];

if (import.meta.main) {
  const text = await Deno.readTextFile(page);
  const [before, after] = [text.split(open)[0]!, text.split(close)[1]!];
  await Deno.writeTextFile(page, `${before}${open}\n\n${await trafficTable()}\n\n${close}${after}`);
}
