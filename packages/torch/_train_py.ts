import { python, pythonList, withFeatures } from "./_python.ts";
import { dataPy } from "./_train_data.ts";
import { TRAIN_FUNCTIONS } from "./_train_functions.ts";
import { TRAIN_MAIN, type TrainFeatures } from "./_train_main.ts";
import { optimizerPy } from "./_train_optimizer.ts";
import type { AverageRecord, LossRecord, TrainingRecord } from "./training_record.ts";

/** The text of `train_ddp.py`: the same training by PyTorch, in any number of processes. */
export function trainPy(
  record: TrainingRecord,
  options: {
    /** Names of parameters that are not trained. */
    readonly frozen: ReadonlySet<string>;
    /** The name in PyTorch of a parameter here. */
    readonly torchName: (own: string) => string;
    /** Whether the model has batch norm. */
    readonly hasBatchNorm: boolean;
  },
): string {
  const { average, batch, epochs, seed, loss } = record;
  const { frozen, torchName, hasBatchNorm } = options;
  const data = dataPy(record.data);
  const optimizer = optimizerPy(record.optimizer, frozen, torchName);
  const features: TrainFeatures = {
    average: average !== null,
    norm: hasBatchNorm,
    weighted: loss.classWeights !== null,
  };
  const functions = [
    withFeatures(TRAIN_MAIN, features),
    ...data.functions,
    ...optimizer.functions,
    ...average === null ? [] : [updateAverage(average)],
    TRAIN_FUNCTIONS,
  ].join("\n\n");
  const imports = ["argparse", ...data.imports, "json", "math", "os"];
  const command = `train_ddp.py --data ${record.data.type === "iris" ? "FILE" : "FOLDER"}`;
  return `"""Goes on with a training of Gradus by PyTorch, in one process or many, on one machine or many.

In two processes of one machine:

    torchrun --nproc_per_node 2 ${command}

On two machines, on each of them, where RANK is 0 on the first and 1 on the other, and FIRST is the
address of the first:

    torchrun --nnodes 2 --node_rank RANK --master_addr FIRST ${command}

It begins at the step at which training.safetensors was written. Each batch has the rows that it
would have had in Gradus, changed in the same way; each process computes its share of them. After
each epoch the first process writes training.safetensors anew, from which this program and Gradus go
on, and model.safetensors, the weights alone. Written by @gradus/torch.
"""

${imports.map((name) => `import ${name}\n`).join("")}
import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch.nn.parallel import DistributedDataParallel

from model import HERE, build_model, decode_safetensors, encode_safetensors

DATA = ${data.fallback}  # ${data.help}
EPOCHS = ${epochs}  # in all, those before this program included
BATCH = ${batch}  # rows of a step, of all processes together
SEED = ${seed}  # of the order of the rows${
    "augment" in record.data && record.data.augment.length > 0 ? " and of what changes them" : ""
  }
# Parameters that are not trained.
FROZEN = ${pythonList([...frozen].map((name) => python(torchName(name))), "")}
${data.constants}${lossConstants(loss)}${optimizer.constants}WORD = 0xFFFFFFFF  # 32 bits


${functions}

if __name__ == "__main__":
    main()
`;
}

function lossConstants({ labelSmoothing, classWeights }: LossRecord): string {
  return `LABEL_SMOOTHING = ${python(labelSmoothing)}\n${
    classWeights === null ? "" : `CLASS_WEIGHTS = ${python(classWeights)}\n`
  }`;
}

function updateAverage({ decay, every, lookahead }: AverageRecord): string {
  const { limit, steps, power } = decay;
  const share = power === 0
    ? python(limit)
    : `${python(limit)} * min(1, step / ${python(steps)}) ** ${python(power)}`;
  const name = every === 1 ? "each step" : `every ${every} steps`;
  return `@torch.no_grad()
def update_average(average, state, step):
    """Takes the weights into their average at ${name}${
    lookahead ? ", and sets them to it" : ""
  }."""
${
    every === 1 ? "" : `    if step % ${every} != 0:
        return
`
  }    decay = ${share}
    for name, value in average.items():
        value += (1 - decay) * (state[name] - value)
${lookahead ? "        state[name].copy_(value)\n" : ""}`;
}
