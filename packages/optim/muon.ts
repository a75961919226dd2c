import { BatchBuffer, type SgdEntry, type StepEntry, Tensor } from "@gradus/tensor";
import { checkCount, checkShare } from "./_check_number.ts";
import { matrixShape, Orthogonalizer } from "./_orthogonalizer.ts";
import { type Method, type Mutable, StepSequence } from "./_step_sequence.ts";
import type { OptimizedParameter, ParameterGroup } from "./optimized_parameter.ts";
import type { Optimizer, OptimizerOptions, OptimizerSlot, OptimizerState } from "./optimizer.ts";

/** Settings of {@linkcode Muon}. The learning rate is 0.001 by default, the weight decay 0.1. */
export interface MuonOptions extends OptimizerOptions {
  /** `μ`, in [0, 1). Default: 0.95. */
  readonly momentum?: number;
  /** Whether the step looks ahead along the velocity. Default: true, unless there is no momentum. */
  readonly nesterov?: boolean;
  /** Iterations that make a matrix orthogonal, at least 1. Default: 5. */
  readonly iterations?: number;
}

/** Parameters of {@linkcode Muon} with settings of their own. */
export interface MuonGroup extends ParameterGroup {
  /**
   * Whether steps are made orthogonal: for the kernels of hidden layers, not for biases, scales, embeddings
   * and the last layer. Default: for each parameter whether it has at least two axes.
   */
  readonly orthogonalize?: boolean;
}

/** What {@linkcode Muon} is made for: parameters, or groups of them. */
export type MuonParameters = readonly OptimizedParameter[] | readonly MuonGroup[];

/** A parameter's step: by itself, or for a matrix by way of its direction. */
interface MuonEntry extends StepEntry {
  /** The whole step; of a matrix, what sets its direction to `−(g + μ · v)`. */
  readonly first: Mutable<SgdEntry>;
  /** Moves a matrix along its direction; null for another parameter. */
  readonly second: Mutable<SgdEntry> | null;
  /** What a matrix's rate is multiplied by. */
  readonly factor: number;
}

/** The steps of one call. */
interface Order {
  readonly entries: readonly MuonEntry[];
  readonly firsts: readonly SgdEntry[];
  readonly seconds: readonly SgdEntry[];
  readonly directions: readonly Tensor[];
}

/**
 * Muon, `θ ← θ − η · (s · orthogonal(g + μ · v) + λ · θ)` with the velocity `v ← μ · v + g`: descent with
 * Nesterov's momentum whose steps for matrices are made orthogonal, so that they move all directions of a
 * matrix by as much. Without `nesterov` it is `orthogonal(v)`.
 *
 * `g = ∂L/∂θ`, `η` is the learning rate, `μ` the momentum and `λ` the weight decay. The last axis of a
 * parameter is taken for columns and all others for rows: of a dense layer `[in, out]`, of a convolution
 * `[height · width · in, out]`. `orthogonal` keeps singular vectors and brings singular values near 1 by
 * iterations of Newton and Schulz: with five of them to between 0.68 and 1.2 where they were above 0.0015 of
 * the norm. `s = √max(1, columns / rows)`.
 *
 * The formula is that of PyTorch's `torch.optim.Muon` with `adjust_lr_fn` "original". Its code keeps
 * `(1 − μ) · v`, takes matrices alone, and iterates in bfloat16 rather than in the parameters' type.
 *
 * Parameters of one axis, and those of groups with `orthogonalize: false`, are moved as by
 * {@linkcode Sgd}, `θ ← θ − η · (g + μ · v + λ · θ)`, most often with a rate of their own.
 *
 * A step costs `iterations · (4 · rows · columns + 2 · n²) · n` operations for a matrix, where `n` is the
 * smaller of its sides.
 *
 * Source: Jordan et al., Muon: An optimizer for hidden layers in neural networks, 2024.
 *
 * @example
 * ```ts
 * import { Muon } from "@gradus/optim";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const backend = reference();
 * const value = tensor(backend, [[0, 0], [0, 0]]);
 * const gradient = tensor(backend, [[100, 0], [0, 1]]);
 * const optimizer = new Muon([{ name: "weight", value, gradient, trainable: true }], {
 *   learningRate: 0.1,
 * });
 * optimizer.step();
 *
 * // Both directions are moved by about the rate, though one gradient is a hundred times the other.
 * const [first, , , second] = await value.data();
 * assertAlmostEquals(first!, -0.1, 0.04);
 * assertAlmostEquals(second!, -0.1, 0.04);
 * ```
 */
export class Muon implements Optimizer {
  readonly #sequence: StepSequence<MuonEntry, MuonGroup>;
  /** Where there are matrices. */
  readonly #orthogonalizer: Orthogonalizer | null = null;
  readonly #zeros: BatchBuffer | null = null;
  readonly #directions: Tensor[] = [];
  #order: Order | null = null;

  /**
   * An optimizer that has taken no step. It allocates a velocity for each parameter, if there is momentum, a
   * direction for each matrix, and as much as the iterations need for the largest one.
   *
   * @param parameters Parameters, or groups of them with settings of their own.
   * @param options See {@linkcode MuonOptions}.
   * @throws {TypeError} If there are no parameters, one is given twice, they are on two backends, a
   * gradient has not its value's shape, both kinds of clipping are given, or a group whose steps are to be
   * orthogonal has a parameter of fewer than two axes.
   * @throws {RangeError} If a setting is outside its range.
   */
  constructor(parameters: MuonParameters, options: MuonOptions = {}) {
    const { momentum = 0.95, iterations = 5 } = options;
    const { nesterov = momentum > 0 } = options;
    checkShare("optimize as momentum", momentum);
    checkCount("optimize as iterations", iterations);
    if (nesterov && momentum === 0) {
      throw new RangeError("Cannot optimize as Nesterov's momentum must be above 0: found 0");
    }
    const directions = this.#directions;
    const method: Method<MuonEntry, MuonGroup> = {
      kind: "muon",
      entry: (start, { slot, group, parameter: { name, value: { backend, shape } } }) => {
        const isMatrix = group?.orthogonalize ?? shape.length > 1;
        if (isMatrix && shape.length < 2) {
          throw new TypeError(
            `Cannot make steps of ${name} orthogonal as it must have at least two axes: found ${shape.length}`,
          );
        }
        const rest = { momentum, dampening: 0, nesterov, rateInVelocity: false, decoupled: true };
        const velocity = momentum === 0 ? null : slot("velocity");
        const first = { ...start, ...rest, velocity };
        if (!isMatrix) return { ...start, first, second: null, factor: 1 };
        const direction = new Tensor(backend, shape, {
          purpose: `the direction of ${name}`,
        });
        directions.push(direction);
        const [rows, columns] = matrixShape(shape);
        return {
          ...start,
          // It decays all the way: what it was before is forgotten.
          first: { ...first, value: direction, learningRate: 1, weightDecay: 1 },
          second: { ...start, ...rest, gradient: direction, velocity: null, nesterov: false },
          factor: Math.sqrt(Math.max(1, columns! / rows!)),
        };
      },
      prepare: ({ first, second, factor, learningRate, weightDecay }) => {
        if (second === null) {
          first.learningRate = learningRate;
        } else {
          second.learningRate = factor * learningRate;
          second.weightDecay = weightDecay / factor;
        }
      },
      run: (backend, entries, guard) => {
        const order = this.#orderOf(entries);
        backend.sgdStep(order.firsts, guard);
        if (order.seconds.length === 0) return;
        const count = order.seconds.length;
        this.#orthogonalizer!.run(order.directions);
        // Gradients were scaled, clipped and looked at before: where they were not finite, the flag is set.
        const { flag, step } = guard;
        const norms = this.#zeros!.take([count + 1]);
        backend.sgdStep(order.seconds, { norms, flag, step, clipEach: null, clipGlobal: null });
      },
    };
    this.#sequence = new StepSequence(method, parameters, {
      ...options,
      learningRate: options.learningRate ?? 0.001,
      weightDecay: options.weightDecay ?? 0.1,
      decoupled: true,
    });
    if (directions.length > 0) {
      this.#orthogonalizer = new Orthogonalizer(directions, { iterations });
      const { backend } = directions[0]!;
      this.#zeros = new BatchBuffer(backend, { purpose: "norms that are finite" });
      this.#zeros.take([directions.length + 1]);
    }
  }

  /** Steps taken so far. */
  get steps(): number {
    return this.#sequence.steps;
  }

  /** The rate of the next step, of the first group. */
  get learningRate(): number {
    return this.#sequence.learningRate;
  }

  /** The `velocity` of each parameter; none without momentum. */
  get slots(): readonly OptimizerSlot[] {
    return this.#sequence.slots;
  }

  /** `int32 [2]`, zeros until a gradient is not finite. */
  get flag(): Tensor {
    return this.#sequence.flag;
  }

  /**
   * Moves the parameters once.
   *
   * @throws {RangeError} If a schedule gives no finite number of at least 0; nothing changes.
   * @throws {Error} If no parameter is trainable; nothing changes.
   */
  step(): void {
    this.#sequence.step();
  }

  /**
   * Stops a training that went astray.
   *
   * @param flagValues What was read from the flag, at any time.
   * @throws {RangeError} If a gradient was not finite, naming the parameter and the step.
   */
  check(flagValues: ArrayLike<number>): void {
    this.#sequence.check(flagValues);
  }

  /**
   * What a checkpoint keeps of it, beside the numbers of the slots.
   *
   * @returns A new record, plain JSON.
   */
  save(): OptimizerState {
    return this.#sequence.save();
  }

  /**
   * Continues from what `save` gave, with the settings of now; the slots' numbers are the caller's
   * to set.
   *
   * @param state Such a record, of the same optimizer for the same parameters.
   * @throws {TypeError} If it is of another optimizer, or of other parameters, slots or shapes.
   * @throws {RangeError} If a count of steps is none.
   */
  restore(state: OptimizerState): void {
    this.#sequence.restore(state);
    // What overflowed would stay, as 0 times infinity is not 0.
    for (const direction of this.#directions) direction.backend.fill(0, direction);
  }

  /** The same until other parameters are trainable. */
  #orderOf(entries: readonly MuonEntry[]): Order {
    if (this.#order?.entries !== entries) {
      const seconds = entries.flatMap(({ second }) => second ?? []);
      this.#order = {
        ...{ entries, seconds, firsts: entries.map(({ first }) => first) },
        directions: seconds.map(({ gradient }) => gradient as Tensor),
      };
    }
    return this.#order;
  }
}
