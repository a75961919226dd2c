/** A file as its authors publish it. */
export interface OfficialFile {
  /** The name under which it is kept. */
  readonly name: string;
  readonly address: string;
  readonly sizeBytes: number;
  /** The SHA-256 of its bytes, in hexadecimal digits. */
  readonly sha256: string;
}

/** A dataset as its authors publish it: files, or an archive of a folder. */
export interface OfficialDataset {
  readonly title: string;
  /** Where it goes unless the user says otherwise. */
  readonly folder: string;
  /** The files; the one that is unpacked, if there is an archive. */
  readonly files: readonly OfficialFile[];
  /** The folder that the archive holds; null if the files are kept as they are. */
  readonly archiveFolder: string | null;
}

const FASHION_MNIST =
  "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion";

/** What `deno task download` knows, by the name that it is called by. */
export const OFFICIAL_DATASETS: Readonly<Record<string, OfficialDataset>> = {
  "fashion-mnist": {
    title: "Fashion-MNIST",
    folder: "data/fashion-mnist",
    files: [
      {
        name: "train-images-idx3-ubyte.gz",
        address: `${FASHION_MNIST}/train-images-idx3-ubyte.gz`,
        sizeBytes: 26_421_880,
        sha256: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
      },
      {
        name: "train-labels-idx1-ubyte.gz",
        address: `${FASHION_MNIST}/train-labels-idx1-ubyte.gz`,
        sizeBytes: 29_515,
        sha256: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
      },
      {
        name: "t10k-images-idx3-ubyte.gz",
        address: `${FASHION_MNIST}/t10k-images-idx3-ubyte.gz`,
        sizeBytes: 4_422_102,
        sha256: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
      },
      {
        name: "t10k-labels-idx1-ubyte.gz",
        address: `${FASHION_MNIST}/t10k-labels-idx1-ubyte.gz`,
        sizeBytes: 5_148,
        sha256: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
      },
    ],
    archiveFolder: null,
  },
  "cifar-10": {
    title: "CIFAR-10",
    folder: "data/cifar-10",
    files: [
      {
        name: "cifar-10-binary.tar.gz",
        address: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
        sizeBytes: 170_052_171,
        sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
      },
    ],
    archiveFolder: "cifar-10-batches-bin",
  },
};
