import {
  type BackendChoice,
  type DataName,
  type NetworkName,
  type OptimizerName,
  type Settings,
  USUAL_RATES,
  USUAL_SETTINGS,
} from "../settings.ts";
import { find } from "./find.ts";

/** What suits most machines: beyond, memory is what threads wait for. */
const MOST_THREADS = 16;

/** The form of all settings. */
export class SettingsForm {
  readonly #form = find("settings", HTMLFormElement);
  readonly #more = find("more", HTMLDetailsElement);
  readonly #numbers = {
    width: find("width", HTMLInputElement),
    learningRate: find("learning-rate", HTMLInputElement),
    batch: find("batch", HTMLInputElement),
    epochs: find("epochs", HTMLInputElement),
    rows: find("rows", HTMLInputElement),
    seed: find("seed", HTMLInputElement),
    threads: find("threads", HTMLInputElement),
  };
  readonly #choices = {
    network: find("network", HTMLSelectElement),
    optimizer: find("optimizer", HTMLSelectElement),
    backend: find("backend", HTMLSelectElement),
  };

  /**
   * Calls `onChange` whenever settings changed, and `onRate` where it was the learning rate that was
   * changed by hand, if all are valid.
   */
  constructor(
    { onChange, onRate }: {
      readonly onChange: (settings: Settings) => void;
      readonly onRate: (learningRate: number) => void;
    },
  ) {
    const { threads } = this.#numbers;
    // One core is left to the page: threads that wait for each other lose more by a core that is shared.
    const cores = navigator.hardwareConcurrency - 1;
    threads.value = `${Math.min(Math.max(cores, 1), MOST_THREADS)}`;
    if (!crossOriginIsolated) {
      threads.value = threads.max = "1";
      threads.disabled = true;
      find("threads-hint", HTMLElement).hidden = false;
    }
    this.#form.addEventListener("input", ({ target }) => {
      const { network, optimizer } = this.#choices;
      const { learningRate } = this.#numbers;
      if (target instanceof HTMLInputElement && target.name === "data") this.#takeUsual();
      if (target === network) this.#arrange();
      if (target === optimizer) {
        learningRate.value = `${USUAL_RATES[optimizer.value as OptimizerName]}`;
      }
      if (!this.#form.checkValidity()) return;
      onChange(this.read());
      if (target === learningRate) onRate(learningRate.valueAsNumber);
    });
    // On a narrow screen training comes first.
    this.#more.open = matchMedia("(min-width: 60rem)").matches;
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#takeUsual();
  }

  /** Whether the settings can be used; if not, the first that cannot gets the focus, and says why. */
  get isValid(): boolean {
    if (!this.#form.checkValidity()) this.#more.open = true;
    return this.#form.reportValidity();
  }

  /** The settings as they are. */
  read(): Settings {
    const { network, optimizer, backend } = this.#choices;
    const { width, learningRate, batch, epochs, rows, seed, threads } = this.#numbers;
    return {
      width: width.valueAsNumber,
      learningRate: learningRate.valueAsNumber,
      batch: batch.valueAsNumber,
      epochs: epochs.valueAsNumber,
      rows: rows.valueAsNumber,
      seed: seed.valueAsNumber,
      threads: threads.valueAsNumber,
      data: this.#data,
      network: network.value as NetworkName,
      optimizer: optimizer.value as OptimizerName,
      backend: backend.value as BackendChoice,
    };
  }

  /** Chooses the data, with the settings that suit it. */
  chooseData(data: DataName): void {
    if (this.#data === data) return;
    const radio = this.#form.elements.namedItem("data") as RadioNodeList;
    radio.value = data;
    this.#takeUsual();
  }

  get #data(): DataName {
    return new FormData(this.#form).get("data") as DataName;
  }

  #takeUsual(): void {
    const { network, width, optimizer, learningRate, batch, epochs, rows } =
      USUAL_SETTINGS[this.#data];
    for (const [name, value] of Object.entries({ width, learningRate, batch, epochs, rows })) {
      this.#numbers[name as "width"].value = `${value}`;
    }
    this.#choices.network.value = network;
    this.#choices.optimizer.value = optimizer;
    this.#arrange();
  }

  /** Shows what has a meaning for the chosen data and network. */
  #arrange(): void {
    const data = this.#data;
    const isImage = data !== "iris";
    const isConvolution = this.#choices.network.value === "convolutions";
    find("files-panel", HTMLElement).hidden = data !== "files";
    find("rows-field", HTMLElement).hidden = !isImage;
    find("network-field", HTMLElement).hidden = !isImage;
    find("width-label", HTMLElement).textContent = isConvolution ? "Channels" : "Hidden units";
    this.#numbers.width.max = isConvolution ? "128" : "512";
  }
}
