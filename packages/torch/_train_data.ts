import { definitionsOf, python } from "./_python.ts";
import { changePy } from "./_train_augment.ts";
import type { DataRecord, ImagesRecord } from "./training_record.ts";

/** Parts of `train_ddp.py` that depend on the data. */
export interface DataPy {
  /** Modules that it imports. */
  readonly imports: readonly string[];
  /** Where the data are, as the value of a flag. */
  readonly fallback: string;
  /** What is there. */
  readonly help: string;
  /** Constants at the top. */
  readonly constants: string;
  /** `read_data` and `prepare`, and what they need. */
  readonly functions: readonly string[];
}

/** The file that is written along where the flowers are the built-in ones. */
export const IRIS_FILE = "iris.csv";

/** How a training reads its rows. */
export function dataPy(data: DataRecord): DataPy {
  const { mean, deviation } = data.statistics;
  const constants = `MEAN = ${python(mean)}\nDEVIATION = ${python(deviation)}\n`;
  switch (data.type) {
    case "iris":
      return {
        imports: ["csv"],
        fallback: data.file === null
          ? `os.path.join(HERE, ${python(IRIS_FILE)})`
          : python(data.file),
        help: "the CSV file of the flowers",
        constants: `${constants}SPECIES = ["setosa", "versicolor", "virginica"]\n`,
        functions: [READ_IRIS, PREPARE_IRIS],
      };
    case "fashionMnist":
      return {
        ...{ imports: ["gzip"], fallback: python(data.folder), constants },
        help: "the folder of train-images-idx3-ubyte and train-labels-idx1-ubyte, perhaps .gz",
        functions: [READ_IDX, ...prepareImages(data)],
      };
    case "cifar10":
      return {
        ...{ imports: [], fallback: python(data.folder), constants },
        help: "the folder of data_batch_1.bin and its like",
        functions: [READ_CIFAR, ...prepareImages(data)],
      };
  }
}

const READ_IRIS = `def read_data(file):
    """All flowers of a CSV file, [rows, 4] in centimetres, and their labels, [rows]."""
    columns = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
    with open(file, newline="", encoding="utf-8-sig") as lines:
        flowers = list(csv.DictReader(lines))
    x = torch.tensor([[float(flower[name]) for name in columns] for flower in flowers])
    return x, torch.tensor([SPECIES.index(flower["species"]) for flower in flowers])
`;

const PREPARE_IRIS = `def prepare(x, rows, epoch):
    """Standardised flowers."""
    x = x.double()
    return ((x - x.new_tensor(MEAN)) / x.new_tensor(DEVIATION)).float()
`;

const READ_IDX = `def read_data(folder):
    """All images to train on, [rows, 1, 28, 28] bytes, and their labels, [rows]."""
    images = read_idx(folder, "train-images-idx3-ubyte", 16)
    return images.view(-1, 1, 28, 28), read_idx(folder, "train-labels-idx1-ubyte", 8).long()


def read_idx(folder, name, start):
    """The bytes of an IDX file behind its header."""
    path = os.path.join(folder, name)
    opener = open if os.path.exists(path) else gzip.open
    with opener(path if opener is open else path + ".gz", "rb") as file:
        return torch.frombuffer(bytearray(file.read()[start:]), dtype=torch.uint8)
`;

const READ_CIFAR = `def read_data(folder):
    """All images to train on, [rows, 3, 32, 32] bytes, and their labels, [rows]."""
    inner = os.path.join(folder, "cifar-10-batches-bin")
    folder = inner if os.path.isdir(inner) else folder
    contents = bytearray()
    for number in range(1, 6):
        with open(os.path.join(folder, f"data_batch_{number}.bin"), "rb") as file:
            contents += file.read()
    records = torch.frombuffer(contents, dtype=torch.uint8).view(-1, 1 + 3 * 32 * 32)
    return records[:, 1:].reshape(-1, 3, 32, 32), records[:, 0].long()
`;

function prepareImages({ augment }: ImagesRecord): string[] {
  const changes = augment.map(changePy);
  const prepare = `def prepare(images, rows, epoch):
    """Standardised images, changed as their rows and the epoch have it."""
    x = images.double() / 255
    mean, deviation = [x.new_tensor(values).view(-1, 1, 1) for values in (MEAN, DEVIATION)]
    x = ((x - mean) / deviation).float()
${changes.map(({ call }) => `    x = ${call}\n`).join("")}    return x
`;
  return [prepare, ...definitionsOf(changes)];
}
