import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { constant } from "./constant.ts";
import { cosine } from "./cosine.ts";
import { exponential } from "./exponential.ts";
import { oneCycle } from "./one_cycle.ts";
import { polynomial } from "./polynomial.ts";
import type { Schedule } from "./schedule.ts";
import { scheduleFromJson } from "./schedule_from_json.ts";
import type { ScheduleRecord } from "./schedule_record.ts";
import { stepDecay } from "./step_decay.ts";
import { warmup } from "./warmup.ts";

/** What a file with this record gives. */
function read(record: unknown): Schedule {
  return scheduleFromJson(JSON.parse(JSON.stringify(record)));
}

/** The whole message of the TypeError that a record gets. */
function refusal(record: unknown): string {
  return assertThrows(() => read(record), TypeError).message;
}

describe("scheduleFromJson()", () => {
  const cases: Record<ScheduleRecord["type"], [ScheduleRecord, Schedule][]> = {
    constant: [[{ type: "constant", rate: 0.1 }, constant(0.1)]],
    cosine: [[
      { type: "cosine", rate: 0.1, steps: 7, final: 0.01 },
      cosine({ rate: 0.1, steps: 7, final: 0.01 }),
    ]],
    exponential: [[
      { type: "exponential", rate: 0.1, decay: 0.9, stageSteps: 3, staircase: true },
      exponential({ rate: 0.1, decay: 0.9, stageSteps: 3, staircase: true }),
    ]],
    oneCycle: [[
      {
        type: "oneCycle",
        ...{ peak: 0.1, steps: 9, startFactor: 0.2, finalFactor: 0.07, warmupShare: 0.23 },
        anneal: "cosine",
      },
      oneCycle({
        ...{ peak: 0.1, steps: 9, startFactor: 0.2, finalFactor: 0.07, warmupShare: 0.23 },
        anneal: "cosine",
      }),
    ]],
    polynomial: [[
      { type: "polynomial", rate: 0.1, steps: 7, power: 2, final: 0.01 },
      polynomial({ rate: 0.1, steps: 7, power: 2, final: 0.01 }),
    ]],
    stepDecay: [
      [
        { type: "stepDecay", rate: 0.1, factor: 0.5, milestones: [2, 5] },
        stepDecay({ rate: 0.1, factor: 0.5, milestones: [2, 5] }),
      ],
      [
        { type: "stepDecay", rate: 0.1, factor: 0.5, every: 3 },
        stepDecay({ rate: 0.1, factor: 0.5, every: 3 }),
      ],
    ],
    warmup: [[
      { type: "warmup", steps: 4, from: 0.01, then: { type: "constant", rate: 0.1 } },
      warmup({ steps: 4, from: 0.01 }, constant(0.1)),
    ]],
  };
  for (const [type, rows] of Object.entries(cases)) {
    it(`makes the schedule that its record names, by way of text: ${type}`, () => {
      for (const [record, schedule] of rows) {
        const steps = Array.from({ length: 12 }, (_, step) => step);
        assertEquals(steps.map(read(record)), steps.map(schedule));
      }
    });
  }

  it("refuses types that are not of this package, whatever objects inherit", () => {
    for (const type of ["Cosine", "__proto__", "constructor", "", 7, null]) {
      assertEquals(
        refusal({ type }),
        `Cannot make a schedule as its type must be one of this package: found ${
          JSON.stringify(type)
        }`,
      );
    }
    assertEquals(
      refusal(null),
      "Cannot make a schedule as its record must be an object: found null",
    );
  });

  it("refuses settings that are missing or of another type", () => {
    assertEquals(
      refusal({ type: "cosine", rate: 0.1, steps: 7 }),
      "Cannot make a schedule as final must be a number: found undefined",
    );
    assertEquals(
      refusal({ type: "exponential", rate: 1, decay: 1, stageSteps: 1, staircase: "no" }),
      'Cannot make a schedule as staircase must be true or false: found "no"',
    );
    assertEquals(
      refusal({ type: "stepDecay", rate: 1, factor: 0.5, milestones: 5 }),
      "Cannot make a schedule as milestones must be a list: found 5",
    );
  });

  it("refuses warm-ups without end", () => {
    let record: ScheduleRecord = { type: "constant", rate: 1 };
    for (let depth = 0; depth < 8; depth++) {
      record = { type: "warmup", steps: 1, from: 0, then: record };
    }
    assertEquals(read(record)(9), 1);
    assertEquals(
      refusal({ type: "warmup", steps: 1, from: 0, then: record }),
      "Cannot make a schedule as warm-ups must be at most 8 deep: found another",
    );
  });
});
