import type { Sequential } from "@gradus/layers";
import type { OptimizerState } from "@gradus/optim";
import { type NamedTensor, tensorsOf } from "./_named_tensor.ts";
import type { TorchTensor } from "./_torch_tensor.ts";
import { SLOTS } from "./_train_optimizer.ts";
import type { TrainingState } from "./training_state.ts";

/** A tensor here, under its name in a file for PyTorch. */
export interface FileTensor extends NamedTensor {
  /** How PyTorch lays it out. */
  readonly layout: TorchTensor;
}

/** The tensors of a model, as a state dict names them. */
export function modelTensors(layouts: readonly TorchTensor[], model: Sequential): FileTensor[] {
  return named("", tensorsOf(model), layouts);
}

/**
 * The tensors of a training, as `training.safetensors` names them: `model.0.weight`, `average.0.weight`,
 * `momentum_buffer.0.weight`. There is nothing of the optimizer's for a parameter that no step changed, as
 * PyTorch has nothing then either.
 */
export function trainingTensors(
  layouts: readonly TorchTensor[],
  { model, optimizer, average }: TrainingState & { readonly model: Sequential },
  { kind, parameters }: Pick<OptimizerState, "kind" | "parameters">,
): FileTensor[] {
  const isChanged = new Set(parameters.flatMap(({ name, updates }) => updates > 0 ? [name] : []));
  const names = SLOTS[kind as keyof typeof SLOTS];
  return [
    ...named("model.", tensorsOf(model), layouts),
    ...named("average.", average?.averages ?? [], layouts),
    ...optimizer.slots.flatMap(({ name, value }) => {
      const dot = name.lastIndexOf(".");
      const [parameter, slot] = [name.slice(0, dot), name.slice(dot + 1)];
      if (!isChanged.has(parameter)) return [];
      return named(`${names[slot]}.`, [{ name: parameter, value }], layouts);
    }),
  ];
}

function named(
  prefix: string,
  tensors: readonly NamedTensor[],
  layouts: readonly TorchTensor[],
): FileTensor[] {
  const byOwn = new Map(layouts.map((layout) => [layout.own, layout]));
  return tensors.map(({ name, value }) => {
    const layout = byOwn.get(name)!;
    return { name: `${prefix}${layout.name}`, value, layout };
  });
}
