import { checkSettings } from "./_check_settings.ts";
import { Adagrad } from "./adagrad.ts";
import { Adam } from "./adam.ts";
import { AdamW } from "./adam_w.ts";
import { Muon, type MuonGroup } from "./muon.ts";
import type { OptimizedParameter, ParameterGroup } from "./optimized_parameter.ts";
import type { Optimizer, OptimizerOptions } from "./optimizer.ts";
import type { GroupRecord, MuonGroupRecord, OptimizerRecord } from "./optimizer_record.ts";
import { RmsProp } from "./rms_prop.ts";
import { scheduleFromJson } from "./schedule_from_json.ts";
import { Sgd } from "./sgd.ts";

/**
 * Makes an optimizer from its record.
 *
 * @param record The type, one of a closed list, and its settings, possibly by way of a file.
 * @param parameters The parameters that its groups name, and perhaps others.
 * @param options What the loss is multiplied by, which belongs to how numbers are kept, and not to the
 * record.
 * @returns An optimizer that has taken no step.
 * @throws {TypeError} If the record is no object, its type is not one of this package's optimizers, a
 * setting is missing or of another type, or a group names what is no parameter; or as the optimizer's constructor.
 * @throws {RangeError} If a number is out of range.
 *
 * @example
 * ```ts
 * import { optimizerFromJson, type OptimizerRecord } from "@gradus/optim";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const record: OptimizerRecord = {
 *   type: "sgd",
 *   ...{ momentum: 0.9, nesterov: true, dampening: 0, decoupled: false, rateInVelocity: false },
 *   ...{ clipNorm: null, clipParameterNorm: null },
 *   groups: [{
 *     parameters: ["weight"],
 *     learningRate: { type: "constant", rate: 0.1 },
 *     weightDecay: 0,
 *   }],
 * };
 * const backend = reference();
 * const [value, gradient] = [tensor(backend, [1]), tensor(backend, [5])];
 * const parameters = [{ name: "weight", value, gradient, trainable: true }];
 * optimizerFromJson(record, parameters).step();
 * assertEquals(await value.item(), Math.fround(1 - 0.1 * 5 * 1.9));
 * ```
 */
export function optimizerFromJson(
  record: OptimizerRecord,
  parameters: readonly OptimizedParameter[],
  { lossScale }: Pick<OptimizerOptions, "lossScale"> = {},
): Optimizer {
  if (typeof record !== "object" || record === null) {
    throw new TypeError(
      `Cannot ${WHAT} as its record must be an object: found ${JSON.stringify(record)}`,
    );
  }
  const [number, boolean] = ["number", "boolean"] as const;
  const common = { ...clippingOf(record), ...lossScale === undefined ? {} : { lossScale } };
  switch (record.type) {
    case "adagrad": {
      const { epsilon } = checkSettings(WHAT, record, { epsilon: number });
      return new Adagrad(groupsOf(record, parameters), { epsilon, ...common });
    }
    case "adam":
    case "adamW": {
      const types = { beta1: number, beta2: number, epsilon: number };
      const { type, beta1, beta2, epsilon } = checkSettings(WHAT, record, types);
      const options = { beta1, beta2, epsilon, ...common };
      const groups = groupsOf(record, parameters);
      return type === "adam" ? new Adam(groups, options) : new AdamW(groups, options);
    }
    case "muon": {
      const types = { momentum: number, nesterov: boolean, iterations: number };
      const { momentum, nesterov, iterations, groups } = checkSettings(WHAT, record, types);
      const own = groupsOf(record, parameters).map((group, place) => ({
        ...group,
        ...checkedOrthogonalize(groups[place]!),
      }));
      return new Muon(own, { momentum, nesterov, iterations, ...common });
    }
    case "rmsProp": {
      const types = { alpha: number, epsilon: number, momentum: number };
      const { alpha, epsilon, momentum } = checkSettings(WHAT, record, types);
      const options = { alpha, epsilon, momentum, ...common };
      return new RmsProp(groupsOf(record, parameters), options);
    }
    case "sgd": {
      const { momentum, nesterov, dampening, decoupled, rateInVelocity } = checkSettings(
        WHAT,
        record,
        {
          ...{ momentum: number, dampening: number },
          ...{ nesterov: boolean, decoupled: boolean, rateInVelocity: boolean },
        },
      );
      return new Sgd(groupsOf(record, parameters), {
        // Each group has its own.
        learningRate: 0,
        ...{ momentum, nesterov, dampening, decoupled, rateInVelocity },
        ...common,
      });
    }
    default:
      return refuse(record);
  }
}

const WHAT = "make an optimizer";

function groupsOf(
  { groups }: OptimizerRecord,
  parameters: readonly OptimizedParameter[],
): ParameterGroup[] {
  if (!Array.isArray(groups)) {
    throw new TypeError(`Cannot ${WHAT} as groups must be a list: found ${excerpt(groups)}`);
  }
  const byName = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  return groups.map((group: GroupRecord | null) => {
    if (!Array.isArray(group?.parameters)) {
      throw new TypeError(
        `Cannot ${WHAT} as each group must list parameters: found ${excerpt(group)}`,
      );
    }
    return {
      learningRate: scheduleFromJson(group.learningRate),
      weightDecay: checkSettings(WHAT, group, { weightDecay: "number" }).weightDecay,
      parameters: group.parameters.map((name: string) => {
        const parameter = byName.get(name);
        if (parameter !== undefined) return parameter;
        throw new TypeError(
          `Cannot ${WHAT} as its groups must name parameters of the model: found ${excerpt(name)}`,
        );
      }),
    };
  });
}

function checkedOrthogonalize(group: MuonGroupRecord): Pick<MuonGroup, "orthogonalize"> {
  const { orthogonalize } = checkSettings(WHAT, group, { orthogonalize: "boolean" });
  return { orthogonalize };
}

function clippingOf(
  { clipNorm, clipParameterNorm }: OptimizerRecord,
): Pick<OptimizerOptions, "clipNorm" | "clipParameterNorm"> {
  return {
    ...clipNorm === null ? {} : { clipNorm },
    ...clipParameterNorm === null ? {} : { clipParameterNorm },
  };
}

/** As much of a value as a message has room for. */
function excerpt(value: unknown): string {
  return `${JSON.stringify(value)}`.slice(0, 80);
}

function refuse(record: never): never {
  throw new TypeError(
    `Cannot ${WHAT} as its type must be one of this package: found ${
      JSON.stringify((record as { type?: unknown }).type)
    }`,
  );
}
