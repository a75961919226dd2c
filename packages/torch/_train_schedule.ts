import type { OneCycleRecord, ScheduleRecord } from "@gradus/optim";
import { keywords, python, withFeatures } from "./_python.ts";

/** The rate of a step in Python. */
export interface SchedulePy {
  /** An expression of `step`. */
  readonly rate: string;
  /** Definitions, by the names of functions. */
  readonly functions: Readonly<Record<string, string>>;
}

/** How a schedule computes the rate of a step. */
export function schedulePy(schedule: ScheduleRecord): SchedulePy {
  switch (schedule.type) {
    case "constant":
      return { rate: python(schedule.rate), functions: {} };
    case "cosine": {
      const { rate, steps, final } = schedule;
      return call("cosine", COSINE, { rate, steps, final });
    }
    case "exponential": {
      const { rate, decay, stageSteps, staircase } = schedule;
      const settings = { rate, decay, stage_steps: stageSteps };
      return staircase
        ? call("exponential_stairs", EXPONENTIAL_STAIRS, settings)
        : call("exponential", EXPONENTIAL, settings);
    }
    case "oneCycle":
      return oneCyclePy(schedule);
    case "polynomial": {
      const { rate, steps, power, final } = schedule;
      return call("polynomial", POLYNOMIAL, { rate, steps, power, final });
    }
    case "stepDecay": {
      const { rate, factor, milestones, every } = schedule;
      return milestones === undefined
        ? call("stairs", STAIRS, { rate, factor, every: every! })
        : call("milestones", MILESTONES, { rate, factor, at: milestones });
    }
    case "warmup": {
      const { steps, from, then } = schedule;
      const { rate, functions } = schedulePy(then);
      const settings = keywords({ steps: python(steps), start: python(from) }).join(", ");
      return {
        rate: `warmup(step, lambda step: ${rate}, ${settings})`,
        functions: { warmup: WARMUP, ...functions },
      };
    }
  }
}

function oneCyclePy(schedule: OneCycleRecord): SchedulePy {
  const { peak, steps, startFactor, finalFactor, warmupShare, anneal } = schedule;
  const settings = {
    ...{ peak, steps, start_factor: startFactor, final_factor: finalFactor },
    warmup_share: warmupShare,
  };
  return anneal === "linear"
    ? call("one_cycle", withFeatures(ONE_CYCLE, { cosine: false }), settings)
    : call("one_cosine_cycle", withFeatures(ONE_CYCLE, { cosine: true }), settings);
}

function call(
  name: string,
  definition: string,
  settings: Readonly<Record<string, number | readonly number[]>>,
): SchedulePy {
  const values = Object.entries(settings).map(([key, value]) => `${key}=${python(value)}`);
  return { rate: `${name}(step, ${values.join(", ")})`, functions: { [name]: definition } };
}

const COSINE = `def cosine(step, rate, steps, final):
    """Along half of a cosine, from the rate to the final one."""
    progress = min(step / steps, 1)
    return final + (rate - final) * (1 + math.cos(math.pi * progress)) / 2
`;

const EXPONENTIAL = `def exponential(step, rate, decay, stage_steps):
    """Down by a factor over each stage, a little at every step."""
    return rate * decay ** (step / stage_steps)
`;

const EXPONENTIAL_STAIRS = `def exponential_stairs(step, rate, decay, stage_steps):
    """Down by a factor at the end of each stage."""
    return rate * decay ** math.floor(step / stage_steps)
`;

const POLYNOMIAL = `def polynomial(step, rate, steps, power, final):
    """Down to the final rate, as a power of the steps that are left."""
    return final + (rate - final) * (1 - min(step / steps, 1)) ** power
`;

const STAIRS = `def stairs(step, rate, factor, every):
    """Multiplied by a factor whenever so many steps were taken."""
    return rate * factor ** (step // every)
`;

const MILESTONES = `def milestones(step, rate, factor, at):
    """Multiplied by a factor at each of some steps."""
    return rate * factor ** sum(milestone <= step for milestone in at)
`;

const WARMUP = `def warmup(step, then, steps, start):
    """A straight line up to the first rate of another schedule, which follows."""
    if step >= steps:
        return then(step - steps)
    return start + (then(0) - start) * (step / steps)
`;

const ONE_CYCLE =
  `def one_cycle(step, peak, steps, start_factor, final_factor, warmup_share):  #? not cosine
def one_cosine_cycle(step, peak, steps, start_factor, final_factor, warmup_share):  #? cosine
    """Up to the peak over a share of the steps, and down for the rest."""
    top, last = warmup_share * steps - 1, steps - 1
    if step < top:
        low, share = start_factor * peak, step / top
        share = (1 - math.cos(math.pi * share)) / 2  #? cosine
        return low + (peak - low) * share
    low = final_factor * peak
    if step >= last:
        return low
    share = (step - max(top, 0)) / (last - max(top, 0))
    share = (1 - math.cos(math.pi * share)) / 2  #? cosine
    return peak + (low - peak) * share
`;
