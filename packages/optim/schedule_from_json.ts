import { checkSettings } from "./_check_settings.ts";
import { constant } from "./constant.ts";
import { cosine } from "./cosine.ts";
import { exponential } from "./exponential.ts";
import { oneCycle } from "./one_cycle.ts";
import { polynomial } from "./polynomial.ts";
import type { Schedule } from "./schedule.ts";
import type { ScheduleRecord, StepDecayRecord } from "./schedule_record.ts";
import { stepDecay } from "./step_decay.ts";
import { warmup } from "./warmup.ts";

/** A warm-up before a warm-up is possible; a file that nests more is none of ours. */
const DEEPEST = 8;

/**
 * Makes a schedule from its record.
 *
 * @param record The type, one of a closed list, and all its settings, possibly by way of a file.
 * @returns The schedule.
 * @throws {TypeError} If the record is no object, its type is not one of this package's schedules, a
 * setting is missing or of another type, or warm-ups are nested more than eight deep.
 * @throws {RangeError} If a number is out of range.
 *
 * @example
 * ```ts
 * import { scheduleFromJson } from "@gradus/optim";
 * import { assertEquals } from "@std/assert";
 *
 * const text = `{
 *   "type": "warmup", "steps": 2, "from": 0,
 *   "then": { "type": "cosine", "rate": 0.5, "steps": 4, "final": 0 }
 * }`;
 * const schedule = scheduleFromJson(JSON.parse(text));
 * assertEquals([0, 1, 2, 4, 6].map(schedule), [0, 0.25, 0.5, 0.25, 0]);
 * ```
 */
export function scheduleFromJson(record: ScheduleRecord): Schedule {
  return fromJson(record, 0);
}

const WHAT = "make a schedule";

function fromJson(record: ScheduleRecord, depth: number): Schedule {
  if (typeof record !== "object" || record === null) {
    throw new TypeError(
      `Cannot ${WHAT} as its record must be an object: found ${JSON.stringify(record)}`,
    );
  }
  const [number, boolean] = ["number", "boolean"] as const;
  switch (record.type) {
    case "constant":
      return constant(record.rate);
    case "cosine":
      return cosine(checkSettings(WHAT, record, { rate: number, steps: number, final: number }));
    case "exponential":
      return exponential(checkSettings(WHAT, record, {
        ...{ rate: number, decay: number, stageSteps: number },
        staircase: boolean,
      }));
    case "oneCycle":
      return oneCycle(checkSettings(WHAT, record, {
        ...{ peak: number, steps: number },
        ...{ startFactor: number, finalFactor: number, warmupShare: number },
      }));
    case "polynomial":
      return polynomial(checkSettings(WHAT, record, {
        ...{ rate: number, steps: number, power: number, final: number },
      }));
    case "stepDecay":
      return stepDecay(checkMilestones(checkSettings(WHAT, record, {
        ...{ rate: number, factor: number },
      })));
    case "warmup":
      if (depth === DEEPEST) {
        throw new TypeError(
          `Cannot ${WHAT} as warm-ups must be at most ${DEEPEST} deep: found another`,
        );
      }
      checkSettings(WHAT, record, { steps: number, from: number });
      return warmup(record, fromJson(record.then, depth + 1));
    default:
      return refuse(record);
  }
}

function checkMilestones(record: StepDecayRecord): StepDecayRecord {
  const { milestones } = record;
  if (milestones === undefined || Array.isArray(milestones)) return record;
  throw new TypeError(
    `Cannot ${WHAT} as milestones must be a list: found ${JSON.stringify(milestones)}`,
  );
}

function refuse(record: never): never {
  throw new TypeError(
    `Cannot ${WHAT} as its type must be one of this package: found ${
      JSON.stringify((record as { type?: unknown }).type)
    }`,
  );
}
