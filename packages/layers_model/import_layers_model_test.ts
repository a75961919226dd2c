import { assertThrowsExactly } from "@gradus/testing";
import { BatchNorm, Conv2d, Dense, Flatten, Relu, Residual, Sequential } from "@gradus/layers";
import { random } from "@gradus/random";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import * as fc from "fast-check";
import { exportLayersModel } from "./export_layers_model.ts";
import { importLayersModel } from "./import_layers_model.ts";

const backend = reference();

/** A layer as a file has it. */
function layer(className: string, config: object = {}): Record<string, unknown> {
  return { class_name: className, config: { name: className.toLowerCase(), ...config } };
}

const input = { batch_input_shape: [null, 2] };
const dense = layer("Dense", { units: 1, use_bias: false, ...input });
const kernel = { name: "dense/kernel", shape: [2, 1], dtype: "float32" };

/** The files of a sequence. */
function files(
  layers: readonly unknown[],
  weights: readonly unknown[] = [kernel],
  sizeBytes = 8,
): Map<string, Uint8Array | string> {
  return new Map<string, Uint8Array | string>([
    [
      "model.json",
      JSON.stringify({
        format: "layers-model",
        modelTopology: { class_name: "Sequential", config: { layers } },
        weightsManifest: [{ paths: ["w.bin"], weights }],
      }),
    ],
    ["w.bin", new Uint8Array(sizeBytes)],
  ]);
}

/** The files of a functional model; each layer is `[class, name, config, …inputs]`. */
function graph(
  ...layers: readonly (readonly [string, string, object, ...string[]])[]
): Map<string, string> {
  const list = layers.map(([class_name, name, config, ...inputs]) => ({
    ...{ class_name, name, config: { name, ...config } },
    inbound_nodes: inputs.length === 0 ? [] : [inputs.map((from) => [from, 0, 0, {}])],
  }));
  return new Map([[
    "model.json",
    JSON.stringify({
      modelTopology: {
        class_name: "Model",
        config: {
          layers: list,
          input_layers: [["in", 0, 0]],
          output_layers: [[layers.at(-1)?.[1], 0, 0]],
        },
      },
      weightsManifest: [],
    }),
  ]]);
}

function refuse(
  given: ReadonlyMap<string, Uint8Array | string>,
  message: string,
  errorClass: new (message: string) => Error = SyntaxError,
): void {
  assertThrowsExactly(
    () => importLayersModel(given, { backend }),
    errorClass,
    `Cannot read a LayersModel as ${message}`,
  );
}

function change(
  given: ReadonlyMap<string, Uint8Array | string>,
  edit: (json: Record<string, unknown>) => unknown,
): Map<string, Uint8Array | string> {
  const json = JSON.parse(given.get("model.json") as string);
  return new Map([...given, ["model.json", JSON.stringify(edit(json) ?? json)]]);
}

describe("importLayersModel()", () => {
  it("reads weights as little-endian float32, from files cut anywhere", async () => {
    const cut = change(files([dense]), (json) => {
      json["weightsManifest"] = [{ paths: ["./a.bin", "b.bin"], weights: [kernel] }];
    });
    cut.set("a.bin", new Uint8Array([0, 0, 128]));
    cut.set("b.bin", new Uint8Array([63, 0, 0, 0, 192]));
    const model = importLayersModel(cut, { backend });
    assertEquals(await model.parameters[0]!.value.data(), new Float32Array([1, -2]));
    assertEquals(model.inputShape, [2]);
  });

  it("takes an activation inside of a layer for one behind it, and layers as frozen as they are", () => {
    const layers = [layer("Dense", {
      ...{ units: 1, use_bias: false, activation: "relu", trainable: false },
      ...input,
    })];
    const model = importLayersModel(files(layers), { backend });
    assertEquals(model.layers.map(({ constructor }) => constructor.name), ["Dense", "Relu"]);
    assertEquals(model.parameters.map(({ trainable }) => trainable), [false]);
  });

  it("reads what Keras itself saved: the model beside its training, and lists in place of records", () => {
    const keras = change(files([dense]), (json) => {
      json["modelTopology"] = {
        model_config: { class_name: "Sequential", config: [dense] },
        training_config: { loss: "mse" },
      };
      delete json["format"];
    });
    assertEquals(importLayersModel(keras, { backend }).layers.length, 1);
  });

  it("reads back what exportLayersModel() wrote", async () => {
    const model = new Sequential([
      new Conv2d(2, { kernel: 3, padding: 1, groups: 2 }),
      new Residual([new Conv2d(2, { kernel: 1 }), new BatchNorm({ momentum: 0.4 })]),
      new Flatten(),
      new Dense(3),
    ]);
    model.init([4, 5, 2], { backend, random: random(0) });
    model.layers[0]!.parameters[0]!.trainable = false;
    model.layers[0]!.parameters[1]!.trainable = false;
    const given = await exportLayersModel({ model });
    const back = importLayersModel(given, { backend });
    assertEquals(back.toJSON(), model.toJSON());
    assertEquals(await exportLayersModel({ model: back }), given);
  });

  it("refuses files that are missing, or no model", () => {
    refuse(new Map([["a.json", ""]]), 'there must be a model.json: found ["a.json"]');
    refuse(
      new Map([["model.json", new Uint8Array([0xff])]]),
      "model.json must be JSON in UTF-8: found The encoded data is not valid",
    );
    refuse(new Map([["model.json", "[]"]]), "model.json must be an object: found []");
    refuse(
      change(files([dense]), (json) => ({ ...json, format: "graph-model" })),
      'its format must be layers-model: found "graph-model"',
    );
    refuse(new Map([["model.json", "{}"]]), "weightsManifest must be a list: found none");
    const given = files([dense]);
    given.delete("w.bin");
    refuse(given, 'all files of weights must be there: found {"missing":"w.bin"}');
    refuse(
      change(files([dense]), (json) => ({ ...json, modelTopology: { class_name: "LSTM" } })),
      'its topology must be Sequential, Model or Functional: found "LSTM"',
    );
    refuse(files([]), 'it must have layers: found "none"');
    refuse(files([layer("InputLayer", input)], [], 0), 'it must have layers: found "none"');
  });

  it("refuses paths that lead elsewhere", () => {
    for (const path of ["../w.bin", "/etc/passwd", "a/b.bin", "..", ".w", "a\\b", "", "http://a"]) {
      refuse(
        change(
          files([dense]),
          (json) => ({ ...json, weightsManifest: [{ paths: [path], weights: [] }] }),
        ),
        `each path of weights must be the plain name of a file: found ${JSON.stringify(path)}`,
      );
    }
  });

  it("refuses weights that are not those of its layers", () => {
    const weights = (...changes: object[]) =>
      files([dense], changes.map((c) => ({ ...kernel, ...c })));
    refuse(
      weights({ name: "__proto__" }),
      'it must have the weights of its layers and no other: found {"missing":["dense/kernel"],"extra":["__proto__"]}',
    );
    refuse(weights({}, {}), 'each weight must be there once: found "dense/kernel"');
    refuse(weights({ shape: [1, 2] }), "the shape of dense/kernel must be [2, 1]: found [1,2]");
    refuse(weights({ dtype: "int32" }), 'the dtype of dense/kernel must be float32: found "int32"');
    refuse(
      weights({ quantization: { dtype: "uint8", scale: 1, min: 0 } }),
      "dense/kernel must hold float32, as what quantisation rounded off cannot be had back: " +
        'found {"dtype":"uint8","scale":1,"min":0}',
    );
    for (const length of [-1, 0, 0.5, "2", null]) {
      refuse(
        weights({ shape: [2, length] }),
        `each length of dense/kernel must be a whole number of at least 1: found ${
          JSON.stringify(length)
        }`,
      );
    }
    refuse(
      weights({ shape: [2 ** 40, 2 ** 40] }),
      "dense/kernel must have a size below 2^53: found [1099511627776,1099511627776]",
    );
    for (const sizeBytes of [0, 7, 9]) {
      refuse(
        files([dense], [kernel], sizeBytes),
        `w.bin must have the 8 bytes of their weights: found ${sizeBytes}`,
      );
    }
  });

  it("asks for no memory that the files have not the bytes for", () => {
    const units = 2 ** 40;
    const big = layer("Dense", { units, use_bias: false, ...input });
    refuse(files([big]), `the shape of dense/kernel must be [2, ${units}]: found [2,1]`);
    refuse(
      files([big], [{ ...kernel, shape: [2, units] }]),
      `w.bin must have the ${8 * units} bytes of their weights: found 8`,
    );
    const long = layer("Dense", { units: 1, use_bias: false, batch_input_shape: [null, units] });
    refuse(files([long]), `the shape of dense/kernel must be [${units}, 1]: found [2,1]`);
  });

  it("refuses layers that Gradus does not have, naming all of them", () => {
    const first = (className: string, config: object = {}) =>
      layer(className, { batch_input_shape: [null, 4, 4, 2], ...config });
    refuse(
      files([
        first("LSTM"),
        layer("__proto__"),
        layer("constructor"),
        layer("Activation", { activation: "mish" }),
        layer("BatchNormalization", { axis: 1 }),
        layer("Dropout", { rate: "0.5" }),
        layer("Conv2D", { filters: 1, kernel_size: [1, 1, 1] }),
        layer("MaxPooling2D", { padding: "causal" }),
      ]),
      "Gradus must have each layer: found LSTM at lstm, __proto__ at __proto__, " +
        'constructor at constructor, Activation with activation "mish" at activation, ' +
        'Dropout with rate "0.5" at dropout, Conv2D with kernel_size [1,1,1] at conv2d, ' +
        'MaxPooling2D with padding "causal" at maxpooling2d',
      TypeError,
    );
    const refuseOne = (className: string, config: object, found: string) =>
      refuse(
        files([first(className, config)]),
        `Gradus must have each layer: found ${className} with ${found} at ${className.toLowerCase()}`,
        TypeError,
      );
    refuseOne("BatchNormalization", { axis: 1 }, "axis 1");
    refuseOne("BatchNormalization", { center: false }, "center false");
    refuseOne("LayerNormalization", { axis: [1, 2] }, "axis [1,2]");
    refuseOne("Conv2D", { filters: 1, kernel_size: 1, groups: 2 }, "groups 2");
    refuseOne(
      "Conv2D",
      { filters: 1, kernel_size: 1, data_format: "channels_first" },
      'data_format "channels_first"',
    );
    refuseOne("Dense", { units: 1.5 }, "units 1.5");
    refuseOne("Dense", { units: 1, use_bias: 1 }, "use_bias 1");
    refuseOne("Dense", { units: 1, dtype: "float16" }, 'dtype "float16"');
    refuseOne("ReLU", { max_value: 6 }, "max_value 6");
    refuseOne("Rescaling", { scale: 1, offset: 1 }, "offset 1");
    refuseOne("ZeroPadding2D", { padding: [[1, 2], [1, 1]] }, "padding [[1,2],[1,1]]");
  });

  it("refuses layers whose inputs do not fit, naming them", () => {
    refuse(
      files([layer("Conv2D", { filters: 1, kernel_size: 3, ...input })]),
      "conv2d must be a layer that its input fits: found Cannot initialise conv2d as inputs must " +
        "be images [height, width, channels]: found [2] (layer 0 of the model)",
    );
    refuse(
      files([layer("Dropout", { rate: 1, ...input })]),
      "dropout must be a layer that its input fits: found Cannot make dropout as the rate must be in [0, 1): found 1",
    );
    for (const shape of [undefined, "x", [2], [null], [null, null], [null, 0], [3, 2]]) {
      refuse(
        files([layer("Dense", { units: 1, batch_input_shape: shape })]),
        Array.isArray(shape)
          ? `batch_input_shape must be null and the lengths of one input: found ${
            JSON.stringify(shape)
          }`
          : `batch_input_shape must be a list: found ${shape === undefined ? "none" : '"x"'}`,
      );
    }
    const padding = layer("ZeroPadding2D", { batch_input_shape: [null, 2, 2, 1] });
    const alone =
      'zeropadding2d must be followed by a convolution that has no padding of its own: found "none"';
    refuse(files([padding]), alone);
    refuse(files([padding, layer("Flatten")]), alone);
    refuse(
      files([padding, layer("Conv2D", { filters: 1, kernel_size: 1, padding: "same" })]),
      alone,
    );
    refuse(files([padding, { ...padding, config: { name: "b" } }]), alone);
    refuse(
      files([layer("ReLU", input), layer("ReLU")]),
      'names of layers must differ: found "relu"',
    );
    refuse(
      files([{ class_name: "ReLU", config: {} }]),
      "each layer's name must be text: found none",
    );
  });

  it("refuses graphs that are no chain with sums", () => {
    const start = ["InputLayer", "in", input] as const;
    refuse(graph(start, ["ReLU", "a", {}, "b"]), 'a must come after its inputs: found "b"');
    refuse(graph(start, ["ReLU", "a", {}, "in", "in"]), "a must have one input: found 2");
    refuse(graph(start, ["Add", "a", {}, "in"]), "a must have two inputs: found 1");
    refuse(graph(start, ["Add", "a", {}, "in", "in"]), 'a must add two: found "in twice"');
    refuse(
      graph(start, ["ReLU", "a", {}, "in"], ["ReLU", "b", {}, "in"]),
      'each layer must lie on the way to the output: found "a"',
    );
    refuse(
      graph(start, ["InputLayer", "other", input], ["Add", "a", {}, "in", "other"]),
      'what a adds must come of one input: found ["in","other"]',
    );
    refuse(
      graph(
        start,
        ["ReLU", "a", {}, "in"],
        ["ReLU", "b", {}, "a"],
        ["Add", "c", {}, "b", "in"],
        // It takes b, which is inside of the sum before it.
        ["Add", "d", {}, "c", "b"],
      ),
      'each layer must be used once: found "b"',
    );
    refuse(graph(start, ["ReLU", "in", {}, "in"]), 'names of layers must differ: found "in"');
    refuse(
      graph(["ReLU", "in", input]),
      "it must have one input, and an InputLayer for it: found 1",
    );
    refuse(graph(), "it must have one input, and an InputLayer for it: found 0");
    const calls = (inbound: unknown) =>
      change(graph(start, ["ReLU", "a", {}, "in"]), (json) => {
        const { config } = json["modelTopology"] as {
          config: { layers: Record<string, unknown>[] };
        };
        config.layers[1]!["inbound_nodes"] = inbound;
      });
    refuse(calls([[["in", 0, 0]], [["in", 0, 0]]]), "a must be used once: found 2");
    refuse(
      calls([[["in", 1, 0]]]),
      'inbound_nodes of a must list names of layers, as in ["dense", 0, 0]: found ["in",1,0]',
    );
    refuse(
      calls([{ args: [], kwargs: {} }]),
      'inbound_nodes of a must be a list: found {"args":[],"kwargs":{}}',
    );
  });

  it("refuses models and sums that are nested without end", () => {
    let nested: unknown = dense;
    for (let depth = 0; depth < 40; depth++) nested = layer("Sequential", { layers: [nested] });
    refuse(files([nested]), 'models in models must be at most 32 deep: found "another"');

    const layers: [string, string, object, ...string[]][] = [["InputLayer", "in", input]];
    let last = "in";
    for (let depth = 0; depth < 40; depth++) {
      layers.push(["ReLU", `relu${depth}`, {}, last], [
        "Add",
        `add${depth}`,
        {},
        `relu${depth}`,
        "in",
      ]);
      last = `add${depth}`;
    }
    refuse(graph(...layers), 'sums in sums must be at most 32 deep: found "another"');
  });

  it("takes or refuses any file with a typed error", async () => {
    const model = new Sequential([new Residual([new Dense(3), new Relu()]), new Dense(2)]);
    model.init([3], { backend, random: random(0) });
    const given = await exportLayersModel({ model });
    const text = given.get("model.json") as string;
    const bytes = new TextEncoder().encode(text);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 32, max: 126 })), {
          minLength: 1,
          maxLength: 3,
        }),
        (changes) => {
          const changed = bytes.slice();
          for (const [place, value] of changes) changed[place] = value;
          try {
            importLayersModel(new Map([...given, ["model.json", changed]]), { backend });
          } catch (error) {
            const isTyped = error instanceof SyntaxError || error instanceof TypeError;
            if (!isTyped || !(error as Error).message.startsWith("Cannot ")) throw error;
          }
        },
      ),
      { numRuns: 1000 },
    );
    // Values in place of others, anywhere in the record.
    const values = fc.oneof(
      fc.constantFrom(null, -1, 0.5, 1e300, "", "__proto__", [], {}),
      fc.json().map((json) => JSON.parse(json)),
    );
    fc.assert(
      fc.property(fc.nat(300), values, (place, value) => {
        let count = 0;
        const json = JSON.parse(text, (_, old) => count++ === place ? value : old);
        const changed = new Map([...given, ["model.json", JSON.stringify(json) ?? ""]]);
        try {
          importLayersModel(changed, { backend });
        } catch (error) {
          const isTyped = error instanceof SyntaxError || error instanceof TypeError;
          if (!isTyped || !(error as Error).message.startsWith("Cannot ")) throw error;
        }
      }),
      { numRuns: 1000 },
    );
    assertThrows(() => importLayersModel(new Map(), { backend }), SyntaxError);
  });
});
