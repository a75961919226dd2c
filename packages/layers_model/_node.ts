/** A layer of a LayersModel, as it is written. */
export interface Node {
  /** What it is called in Keras. */
  readonly className: string;
  /** Its settings; the first is its name. */
  readonly config: { readonly name: string } & Readonly<Record<string, unknown>>;
  /** Names of the layers whose outputs go into it. */
  readonly inputs: readonly string[];
  /** Its weights: what they are called in Keras, and here. */
  readonly weights: readonly NodeWeight[];
}

/** A weight of a layer. */
export interface NodeWeight {
  /** Its name in Keras, without the layer's: `kernel`. */
  readonly role: string;
  /** Its name here: `3.branch.0.weight`. */
  readonly own: string;
  /** Its shape in Keras; the numbers lie in the same order here. */
  readonly shape: readonly number[];
}
