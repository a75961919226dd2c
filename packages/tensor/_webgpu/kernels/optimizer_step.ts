import type { Operand, StepEntry, StepGuard } from "../../backend.ts";
import type { KernelRun } from "../kernel_run.ts";
import { entry, wgsl } from "../wgsl.ts";
import { type Share, shareUniforms, takeShare } from "./shares.ts";

/** How an optimizer moves a number, beside decay and clipping, which all have in common. */
export interface StepRule<Entry extends StepEntry> {
  readonly name: string;
  /** State of a parameter, in WGSL `slot0`, `slot1`. */
  readonly slots: (entry: Entry) => readonly Operand[];
  /** Settings, in WGSL by the name that `update` is told. */
  readonly settings: (entry: Entry) => Readonly<Record<string, number>>;
  /** What the text of `update` depends on. */
  readonly variant: (entry: Entry) => string;
  /** WGSL that changes `value` and the slots, given the gradient `g`. */
  readonly update: (entry: Entry, setting: (name: string) => string) => string;
}

/** Arrays that are bound in each dispatch, beside those of the parameters. */
export const GUARD_ARRAYS = 2;

/** Stands for no clipping: no finite norm is larger. */
const NO_CLIP = 3.4028234663852886e38;

/** One step of some parameters, of which the first has place `first` in the list of all `count`. */
export function optimizerStepRun<Entry extends StepEntry>(
  rule: StepRule<Entry>,
  { entries, shares, guard, first, count }: {
    readonly entries: readonly Entry[];
    readonly shares: readonly Share[];
    readonly guard: StepGuard;
    readonly first: number;
    readonly count: number;
  },
): KernelRun<string, string> {
  const reads: Record<string, Operand> = { norms: guard.norms };
  const writes: Record<string, Operand> = { flag: guard.flag };
  const settings: Record<string, number> = {
    clipEach: guard.clipEach ?? NO_CLIP,
    clipGlobal: guard.clipGlobal ?? NO_CLIP,
    gradientScale: guard.gradientScale ?? 1,
  };
  entries.forEach((entry, at) => {
    reads[`gradient${at}`] = entry.gradient;
    writes[`value${at}`] = entry.value;
    rule.slots(entry).forEach((slot, i) => writes[`slot${i}of${at}`] = slot);
    const { learningRate, weightDecay, decoupled } = entry;
    // A number of float64 is rounded once, here.
    settings[`decay${at}`] = decoupled ? 1 - learningRate * weightDecay : weightDecay;
    for (const [name, value] of Object.entries(rule.settings(entry))) {
      settings[`${name}${at}`] = value;
    }
  });
  const variants = entries.map((entry) => `${decayOf(entry)}${rule.variant(entry)}`);
  const slotNames = entries.map((entry) => rule.slots(entry).map((_, i) => `slot${i}`));
  return {
    name: rule.name,
    key: variants.join(),
    reads,
    writes,
    uniforms: {
      u32: { first, count, ...shareUniforms(shares) },
      i32: { step: guard.step },
      f32: settings,
    },
    workgroups: shares.reduce((sum, { workgroups }) => sum + workgroups, 0),
    source: (arrays) =>
      wgsl`
fn isFinite(x: f32) -> bool {
  return !isNan(x) && !isInfinite(x);
}

fn clipScale(clip: f32, norm: f32) -> f32 {
  return select(clip / norm, 1.0, norm <= clip);
}
` + entry(
        64,
        wgsl`
  let wasStopped = ${arrays.flag}[0] != 0;
  if (wasStopped || !isFinite(${arrays.norms}[uniforms.count])) {
    if (invocation == 0u && !wasStopped) {
      var place = 0u;
      /* Where only the sum overflowed, the last one is named. */
      while (place < uniforms.count - 1u && isFinite(${arrays.norms}[place])) {
        place++;
      }
      ${arrays.flag}[0] = i32(place) + 1;
      ${arrays.flag}[1] = uniforms.step;
    }
    return;
  }
  let globalScale = uniforms.gradientScale *
    clipScale(uniforms.clipGlobal, ${arrays.norms}[uniforms.count]);
  ${
          takeShare(
            entries.length,
            (at) => {
              const own = (name: string) => arrays[`${name}${at}`]!;
              const slots = slotNames[at]!;
              return [
                `var value = ${own("value")}[i];`,
                `var g = scale * ${own("gradient")}[i];`,
                ...slots.map((slot) => `var ${slot} = ${own(`${slot}of`)}[i];`),
                decays[decayOf(entries[at]!)](`uniforms.decay${at}`),
                rule.update(entries[at]!, (name) => `uniforms.${name}${at}`),
                `${own("value")}[i] = value;`,
                ...slots.map((slot) => `${own(`${slot}of`)}[i] = ${slot};`),
              ].join("\n      ");
            },
            (at) =>
              `let norm = ${arrays.norms}[uniforms.first + ${at}u];
    let scale = globalScale * clipScale(uniforms.clipEach, norm);`,
          )
        }`,
      ),
  };
}

/** WGSL that decays a number, given the setting `decay`. */
const decays: Record<Decay, (decay: string) => string> = {
  none: () => "",
  coupled: (decay) => `g += ${decay} * value;`,
  decoupled: (decay) => `value *= ${decay};`,
};

type Decay = "none" | "coupled" | "decoupled";

function decayOf({ weightDecay, decoupled }: StepEntry): Decay {
  if (weightDecay === 0) return "none";
  return decoupled ? "decoupled" : "coupled";
}
