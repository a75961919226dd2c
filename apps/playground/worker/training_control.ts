/** What the visitor may do to a training that runs. */
export class TrainingControl {
  /** The rate of the next step. */
  learningRate: number;
  #isStopped = false;
  #pause: PromiseWithResolvers<void> | null = null;

  constructor(learningRate: number) {
    this.learningRate = learningRate;
  }

  /** Whether there shall be no further step. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Makes the next step wait. */
  pause(): void {
    this.#pause ??= Promise.withResolvers();
  }

  /** Lets steps go on. */
  resume(): void {
    this.#pause?.resolve();
    this.#pause = null;
  }

  /** Ends training after the present step. */
  stop(): void {
    this.#isStopped = true;
    this.resume();
  }

  /** Waits while paused; whether there shall be another step. */
  async goesOn(): Promise<boolean> {
    if (this.#pause !== null) await this.#pause.promise;
    return !this.#isStopped;
  }
}
