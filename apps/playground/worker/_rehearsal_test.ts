import type { Report, TrainingState } from "../messages.ts";
import { type DataName, type Settings, USUAL_SETTINGS } from "../settings.ts";
import { Trainer } from "./trainer.ts";

/** A trainer, and what it told. */
export class Rehearsal {
  readonly reports: Report[] = [];
  readonly trainer = new Trainer((report) => {
    this.reports.push(report);
    if (report.type === "state") this.#states.get(report.state)?.resolve();
  });
  readonly #states = new Map<TrainingState, PromiseWithResolvers<void>>();

  /** Waits until it tells of a state. */
  async until(state: TrainingState): Promise<void> {
    const told = Promise.withResolvers<void>();
    this.#states.set(state, told);
    await told.promise;
  }

  /** Trains to the end. */
  async train(settings: Settings, isAfresh = true): Promise<void> {
    const end = this.until("ready");
    await this.trainer.start(settings, isAfresh);
    await end;
  }

  /** What it told of one kind. */
  all<Type extends Report["type"]>(type: Type): Extract<Report, { type: Type }>[] {
    return this.reports.filter((report) => report.type === type) as Extract<
      Report,
      { type: Type }
    >[];
  }

  /** The last thing that it told of one kind. */
  last<Type extends Report["type"]>(type: Type): Extract<Report, { type: Type }> {
    return this.all(type).at(-1)!;
  }
}

/** The settings that suit some data, on one thread unless they are changed. */
export function settingsFor(data: DataName, changes: Partial<Settings> = {}): Settings {
  return { ...USUAL_SETTINGS[data], seed: 0, backend: "wasm", threads: 1, ...changes };
}
