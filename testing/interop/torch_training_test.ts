import { SoftmaxCrossEntropy } from "@gradus/losses";
import type { GroupRecord, OptimizerRecord, ScheduleRecord } from "@gradus/optim";
import type { Backend } from "@gradus/tensor";
import { cpu } from "@gradus/tensor/cpu";
import { exportTorch, importTorch, importTorchTraining } from "@gradus/torch";
import { evaluate, fit } from "@gradus/train";
import { assert, assertEquals } from "@std/assert";
import { assertClose } from "../assert_close.ts";
import { inFolder } from "../in_folder.ts";
import { askProgram } from "./ask_program.ts";
import { beginCifar, beginFashion } from "./image_trainings.ts";
import { beginIris, ROWS, sgd } from "./iris_training.ts";
import { isAsked } from "./is_asked.ts";
import { lacksPython, python } from "./python.ts";
import { assertSameState, train, type Training } from "./training.ts";
import { writeFiles } from "./write_files.ts";

const lacksTorch = await lacksPython("torch");
const ignore = !isAsked || lacksTorch;
const note = lacksTorch ? " (PyTorch is not installed)" : "";

/** Losses are printed with six digits behind the point, and sums in another order differ in the last. */
const LOSS_TOLERANCE = 2e-6;

/** What rounding grows to over some dozens of steps, parameters being about 1. */
const DRIFT = 1e-5;

/** A gradient is a mean of as many terms as there are rows, and each addition rounds by half of 2⁻²³. */
const ROUNDING = 100 * 2 ** -24;

Deno.test({
  name: `torchrun goes on in two processes, and what it saves goes on here${note}`,
  ignore,
  fn: () =>
    inFolder(async (folder) => {
      const here = beginIris();
      await train(here, { from: 0, to: 3 });
      await writeFiles(folder, await exportTorch({ model: here.model, training: here }));
      const before = await lossHere(here);
      const expected = await train(here, { from: 3, to: 6 });

      const [output] = await runAll([{
        // Debian 12 has PyTorch 1.13 with Python 3.11, where torchrun's own choice of the first two fails.
        command: [
          ...["torchrun", "--redirects", "1", "--tee", "1", "--nproc_per_node", "2"],
          ...["--master_port", freePort(), "train_ddp.py"],
        ],
        cwd: folder,
        env: {},
      }]);
      assertClose(lossesIn(output!), expected, LOSS_TOLERANCE);

      const back = beginIris();
      assertEquals(await readBack(back, folder), 6 * 7);
      assert(await lossHere(back) < before);
      await assertSameState(back, here, DRIFT);
      assertClose(
        await train(back, { from: 6, to: 8 }),
        await train(here, { from: 6, to: 8 }),
        DRIFT,
      );

      const weights = beginIris();
      importTorch(await Deno.readFile(`${folder}/model.safetensors`), weights);
      assertEquals(await lossHere(weights) < before, true);
    }),
});

Deno.test({
  name: `Two processes started by hand, as on two hosts, go on as one would${note}`,
  ignore,
  fn: () =>
    inFolder(async (folder) => {
      // The last batch of an epoch has one row, which both processes compute.
      const here = beginIris({ batch: 33 });
      await train(here, { from: 0, to: 2 });
      const files = await exportTorch({ model: here.model, training: here });
      await writeFiles(`${folder}/first`, files);
      files.delete("training.safetensors");
      await writeFiles(`${folder}/second`, files);
      const expected = await train(here, { from: 2, to: 5 });

      const port = freePort();
      const [output, other] = await runAll(["first", "second"].map((name, rank) => ({
        command: [python, "train_ddp.py", "--epochs", "5"],
        cwd: `${folder}/${name}`,
        env: {
          ...{ RANK: `${rank}`, WORLD_SIZE: "2" },
          ...{ MASTER_ADDR: "127.0.0.1", MASTER_PORT: port },
        },
      })));
      assertClose(lossesIn(output!), expected, LOSS_TOLERANCE);
      assertEquals(other, "");
      const back = beginIris({ batch: 33 });
      assertEquals(await readBack(back, `${folder}/first`), 5 * 4);
      await assertSameState(back, here, DRIFT);
    }),
});

Deno.test({
  name: `PyTorch's next step is Gradus's, by each optimizer and schedule${note}`,
  ignore,
  fn: () =>
    inFolder(async (folder) => {
      const unclipped = { clipNorm: null, clipParameterNorm: null };
      const adam = { beta1: 0.8, beta2: 0.95, epsilon: 1e-3, ...unclipped } as const;
      const optimizers: Record<string, (groups: readonly GroupRecord[]) => OptimizerRecord> = {
        adagrad: (groups) => ({ type: "adagrad", epsilon: 1e-3, ...unclipped, groups }),
        adam: (groups) => ({ type: "adam", ...adam, groups }),
        adam_w: (groups) => ({ type: "adamW", ...adam, groups }),
        muon: (groups) => ({
          ...{ type: "muon", momentum: 0.8, nesterov: true, iterations: 5, ...unclipped },
          // Weights, then biases.
          groups: groups.map((group, place) => ({ ...group, orthogonalize: place === 0 })),
        }),
        muon_without_momentum: (groups) => ({
          ...{ type: "muon", momentum: 0, nesterov: false, iterations: 2, ...unclipped },
          groups: groups.map((group) => ({ ...group, orthogonalize: false })),
        }),
        rms_prop: (groups) => ({
          ...{ type: "rmsProp", alpha: 0.8, epsilon: 1e-3, momentum: 0.5, ...unclipped, groups },
        }),
        plain: (groups) => ({ ...sgd, momentum: 0, groups }),
        nesterov: (groups) => ({ ...sgd, nesterov: true, clipNorm: 0.1, groups }),
        dampened: (groups) => ({ ...sgd, dampening: 0.3, clipParameterNorm: 0.05, groups }),
        decoupled: (groups) => ({ ...sgd, decoupled: true, groups }),
        textbook: (groups) => ({ ...sgd, dampening: 0.3, rateInVelocity: true, groups }),
        textbook_decoupled: (groups) => ({
          ...{ ...sgd, nesterov: true, decoupled: true, rateInVelocity: true, groups },
        }),
      };
      const then = { type: "cosine", rate: 0.05, steps: 4, final: 0.01 } as const;
      const cycle = {
        type: "oneCycle",
        ...{ peak: 0.05, steps: 6, startFactor: 0.2, finalFactor: 0.1, warmupShare: 0.5 },
      } as const;
      const schedules: Record<string, ScheduleRecord> = {
        constant: { type: "constant", rate: 0.05 },
        cosine: then,
        stairs: { type: "exponential", rate: 0.05, decay: 0.5, stageSteps: 2.5, staircase: true },
        slope: { type: "exponential", rate: 0.05, decay: 0.5, stageSteps: 2.5, staircase: false },
        cycle: { ...cycle, anneal: "linear" },
        cosine_cycle: { ...cycle, anneal: "cosine" },
        polynomial: { type: "polynomial", rate: 0.05, steps: 8, power: 2, final: 0.01 },
        every: { type: "stepDecay", rate: 0.05, factor: 0.5, every: 2 },
        milestones: { type: "stepDecay", rate: 0.05, factor: 0.5, milestones: [2, 3] },
        warmup: { type: "warmup", steps: 2, from: 0.01, then },
      };
      // One step an epoch; three of them here, so that velocities and rates are no longer the first.
      const trainings = [
        ...Object.entries(optimizers).map(([name, optimizer]) => ({
          name,
          options: { optimizer },
        })),
        ...Object.entries(schedules).map(([name, learningRate]) => ({
          name,
          options: { learningRate },
        })),
      ].flatMap(({ name, options }) =>
        [0, 3].map((steps) => ({
          name: `${name}_${steps}`,
          steps,
          begin: () => beginIris({ ...options, batch: ROWS.length }),
        }))
      );
      const expected = new Map<string, Training>();
      for (const { name, steps, begin } of trainings) {
        const here = begin();
        if (steps > 0) await train(here, { from: 0, to: steps });
        await writeFiles(
          `${folder}/${name}`,
          await exportTorch({ model: here.model, training: here }),
        );
        await train(here, { from: steps, to: steps + 2 });
        expected.set(name, here);
      }
      await askProgram(
        [python, `${import.meta.dirname}/train_all.py`],
        trainings.map(({ name, steps }) => ({
          folder: `${folder}/${name}`,
          args: ["--epochs", `${steps + 2}`],
        })),
      );
      for (const { name, steps, begin } of trainings) {
        const back = begin();
        assertEquals(await readBack(back, `${folder}/${name}`), steps + 2, name);
        await assertSameState(back, expected.get(name)!, ROUNDING);
      }
    }),
});

Deno.test({
  name: `PyTorch goes on in mid-epoch${note}`,
  ignore,
  fn: () =>
    inFolder(async (folder) => {
      const here = beginIris();
      for await (const { index } of fit({ ...here, epochs: 4 })) {
        if (index !== 16) continue; // the third of seven steps of the third epoch
        await writeFiles(folder, await exportTorch({ model: here.model, training: here }));
      }
      await askProgram([python, `${import.meta.dirname}/train_all.py`], [
        { folder, args: ["--epochs", "4"] },
      ]);
      const back = beginIris();
      assertEquals(await readBack(back, folder), 4 * 7);
      await assertSameState(back, here, DRIFT);
    }),
});

Deno.test({
  name: `PyTorch goes on with images that it changes as Gradus does, and with averages${note}`,
  ignore,
  fn: () =>
    inFolder(async (root) => {
      const backend = await cpu({ threads: 1 });
      const cases = {
        cifar: beginCifar,
        cifar_muon: (folder: string, backend: Backend) =>
          beginCifar(folder, backend, { isMuon: true }),
        fashion: beginFashion,
      };
      const expected: number[][] = [];
      const trainings: Training[] = [];
      for (const [name, begin] of Object.entries(cases)) {
        const folder = `${root}/${name}`;
        const here = await begin(folder, backend);
        await train(here, { from: 0, to: 1 });
        await writeFiles(folder, await exportTorch({ model: here.model, training: here }));
        expected.push(await train(here, { from: 1, to: 3 }));
        trainings.push(here);
      }
      const outputs = await askProgram<string[]>(
        [python, `${import.meta.dirname}/train_all.py`],
        Object.keys(cases).map((name) => ({
          folder: `${root}/${name}`,
          args: ["--data", `${root}/${name}/data`],
        })),
      );
      for (const [place, [name, begin]] of Object.entries(cases).entries()) {
        assertClose(lossesIn(outputs[place]!), expected[place]!, LOSS_TOLERANCE);
        const back = await begin(`${root}/${name}`, backend);
        await readBack(back, `${root}/${name}`);
        await assertSameState(back, trainings[place]!, DRIFT);
      }
      await backend.close();
    }),
});

/** The losses of the lines that a program printed, `epoch 4 of 6: loss 0.567048, accuracy 0.8286`. */
function lossesIn(output: string): number[] {
  return [...output.matchAll(/epoch \d+ of \d+: loss ([\d.]+), accuracy [\d.]+/g)]
    .map(([, loss]) => Number(loss));
}

async function readBack(training: Training, folder: string): Promise<number> {
  return importTorchTraining(await Deno.readFile(`${folder}/training.safetensors`), training);
}

/** Runs programs at the same time, each to its end, with environments of their own. */
async function runAll(
  commands: readonly {
    readonly command: readonly string[];
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
  }[],
): Promise<string[]> {
  return await Promise.all(commands.map(async ({ command: [program, ...args], cwd, env }) => {
    const { success, stdout, stderr } = await new Deno.Command(program!, {
      ...{ args, cwd },
      env: { OMP_NUM_THREADS: "1", GLOO_SOCKET_IFNAME: "lo", ...env },
      signal: AbortSignal.timeout(120_000),
    }).output();
    const text = new TextDecoder();
    assert(success, text.decode(stderr));
    return text.decode(stdout);
  }));
}

function freePort(): string {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return `${(listener.addr as Deno.NetAddr).port}`;
}

async function lossHere({ model, batches }: Training): Promise<number> {
  const { backend } = model.parameters[0]!.value;
  return (await evaluate({ model, loss: new SoftmaxCrossEntropy(), batches, backend })).loss;
}
