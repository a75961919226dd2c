export const SIDE = 32;
export const CHANNELS = 3;
const PIXELS = SIDE * SIDE;

/** What the records of a file consist of, and the file's name for messages. */
export interface RecordFormat {
  /** For each label of a record, how many classes there are. */
  readonly classCounts: readonly number[];
  readonly file: string;
}

/** Images and labels that records are decoded into. */
export interface DecodedRecords {
  readonly images: Uint8Array;
  /** For each label of a record, those of all records. */
  readonly labels: readonly Int32Array[];
}

/** Room for the images and labels of as many records. */
export function allocateRecords(
  rows: number,
  classCounts: readonly number[],
): DecodedRecords {
  const images = new Uint8Array(rows * PIXELS * CHANNELS);
  return { images, labels: classCounts.map(() => new Int32Array(rows)) };
}

/** How many records a file of this size has. */
export function countRecords(sizeBytes: number, { classCounts, file }: RecordFormat): number {
  const recordBytes = recordLength(classCounts);
  const rows = sizeBytes / recordBytes;
  if (Number.isInteger(rows) && rows > 0) return rows;
  throw new SyntaxError(
    `Cannot decode ${file} as it must be records of ${recordBytes} bytes: ` +
      `found ${sizeBytes} bytes`,
  );
}

/** How many bytes a record has: one for each label, and the three planes of an image. */
export function recordLength(classCounts: readonly number[]): number {
  return classCounts.length + CHANNELS * PIXELS;
}

/** Where records come from and go to. */
export interface RecordSpan {
  /** The byte of the file at which they begin. */
  readonly begin: number;
  /** The row that the first of them becomes. */
  readonly first: number;
}

/** Decodes whole records to the rows from `first` on. */
export function decodeRecords(
  bytes: Uint8Array,
  into: DecodedRecords & RecordSpan,
  { classCounts, file }: RecordFormat,
): void {
  const { images, labels, begin, first } = into;
  const recordBytes = recordLength(classCounts);
  for (let record = 0; record < bytes.length; record += recordBytes) {
    const row = first + record / recordBytes;
    classCounts.forEach((count, i) => {
      const label = bytes[record + i];
      if (label >= count) {
        throw new SyntaxError(
          `Cannot decode ${file} as byte ${begin + record + i} must be a label from 0 to ` +
            `${count - 1}: found ${label}`,
        );
      }
      labels[i][row] = label;
    });
    const image = row * PIXELS * CHANNELS;
    for (let channel = 0; channel < CHANNELS; channel++) {
      const plane = record + classCounts.length + channel * PIXELS;
      for (let pixel = 0; pixel < PIXELS; pixel++) {
        images[image + pixel * CHANNELS + channel] = bytes[plane + pixel];
      }
    }
  }
}
