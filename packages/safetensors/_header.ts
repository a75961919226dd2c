import { ARRAY_TYPES } from "./_array_types.ts";
import { elementCount } from "./_element_count.ts";
import { METADATA } from "./_format.ts";
import { HeaderCursor, type HeaderSource } from "./_header_cursor.ts";
import { bracket, quote, refuse } from "./_refuse.ts";
import type { Dtype } from "./named_array.ts";

/** A header in its file. */
export type HeaderPlace = HeaderSource & {
  /** The byte of the file where the header ends and the data starts. */
  readonly dataByte: number;
  /** The size of the file. */
  readonly sizeBytes: number;
};

/** A tensor of a file. */
export interface Entry {
  /** Its name. */
  readonly name: string;
  /** The type of its numbers. */
  readonly dtype: Dtype;
  /** The length of each axis. */
  readonly shape: readonly number[];
  /** The byte of the file where its data starts. */
  readonly startByte: number;
  /** The byte of the file after its data. */
  readonly endByte: number;
}

/** What a header says. */
export interface Header {
  /** The tensors, in the order of the header. */
  readonly entries: readonly Entry[];
  /** The strings under `__metadata__`. */
  readonly metadata: Map<string, string>;
}

/** Reads a header and checks it against the size of the file. */
export function readHeader(place: HeaderPlace): Header {
  const cursor = new HeaderCursor(place);
  const entries: Entry[] = [];
  const metadata = new Map<string, string>();
  if (!place.text.startsWith("{")) cursor.refuse("its header must start with {", { at: 0 });
  cursor.object("its header must start with {", (name) => {
    if (name === METADATA) {
      cursor.within(METADATA, () => readMetadata(cursor, metadata));
    } else {
      cursor.within(`tensor ${quote(name)}`, () => {
        entries.push({ name, ...readEntry(cursor, place) });
      });
    }
  });
  cursor.end();
  checkCoverage(entries, place);
  return { entries, metadata };
}

function readMetadata(cursor: HeaderCursor, metadata: Map<string, string>): void {
  const requirement = "it must be an object of strings";
  cursor.object(requirement, (key) => metadata.set(key, cursor.string(requirement)));
}

function readEntry(cursor: HeaderCursor, place: HeaderPlace): Omit<Entry, "name"> {
  const at = cursor.next();
  const fields: { dtype?: Dtype; shape?: number[]; span?: Span } = {};
  cursor.object("its entry must be an object", (key) => {
    if (key === "dtype") fields.dtype = readDtype(cursor);
    else if (key === "shape") fields.shape = readShape(cursor);
    else if (key === "data_offsets") fields.span = readSpan(cursor, place);
    else {cursor.refuse("its entry may have no further key", {
        at: cursor.next(),
        found: quote(key),
      });}
  });
  const { dtype, shape, span } = fields;
  const requirement = "its entry must have dtype, shape and data_offsets";
  if (dtype === undefined) cursor.refuse(requirement, { at, found: "no dtype" });
  if (shape === undefined) cursor.refuse(requirement, { at, found: "no shape" });
  if (span === undefined) cursor.refuse(requirement, { at, found: "no data_offsets" });

  const count = elementCount(shape)!;
  const elementBytes = ARRAY_TYPES.get(dtype)!.BYTES_PER_ELEMENT;
  const dataBytes = span.endByte - span.startByte;
  if (dataBytes !== count * elementBytes) {
    const requirement = `its ${count} elements of ${dtype} must have ${elementBytes} bytes each`;
    cursor.refuse(requirement, { at, found: `${dataBytes} bytes of data` });
  }
  return { dtype, shape, ...span };
}

type Span = Pick<Entry, "startByte" | "endByte">;

function readDtype(cursor: HeaderCursor): Dtype {
  const at = cursor.next();
  const requirement = `its dtype must be one of ${[...ARRAY_TYPES.keys()].join(", ")}`;
  const name = cursor.string(requirement);
  for (const dtype of ARRAY_TYPES.keys()) if (dtype === name) return dtype;
  cursor.refuse(requirement, { at, found: quote(name) });
}

function readShape(cursor: HeaderCursor): number[] {
  const at = cursor.next();
  const shape = cursor.integers("its shape must be integers from 0 to 2^53 - 1");
  if (elementCount(shape) === null) {
    cursor.refuse("its shape must have at most 2^53 - 1 elements", { at, found: bracket(shape) });
  }
  return shape;
}

function readSpan(cursor: HeaderCursor, { dataByte, sizeBytes }: HeaderPlace): Span {
  const at = cursor.next();
  const requirement = "its data_offsets must be two integers from 0 to 2^53 - 1";
  const offsets = cursor.integers(requirement);
  const found = bracket(offsets);
  if (offsets.length !== 2) cursor.refuse(requirement, { at, found });
  const [begin, end] = offsets;
  if (begin > end) cursor.refuse("its data must not end before it starts", { at, found });
  const dataBytes = sizeBytes - dataByte;
  if (end > dataBytes) {
    const requirement = `its data must end within the ${dataBytes} bytes after the header`;
    cursor.refuse(requirement, { at, found });
  }
  return { startByte: dataByte + begin, endByte: dataByte + end };
}

/** The data of the tensors must cover the rest of the file, each byte once. */
function checkCoverage(entries: readonly Entry[], place: HeaderPlace): void {
  const { file, dataByte, sizeBytes } = place;
  const sorted = entries.toSorted((a, b) => a.startByte - b.startByte || a.endByte - b.endByte);
  let byte = dataByte;
  for (const { name, startByte, endByte } of sorted) {
    const subject = `tensor ${quote(name)} of ${file}`;
    if (startByte < byte) {
      const requirement = "its data must not overlap that of another";
      refuse(subject, { requirement, found: "its start", byte: startByte });
    }
    if (startByte > byte) {
      const requirement = "no bytes may be unused before its data";
      refuse(subject, { requirement, found: `${startByte - byte}`, byte });
    }
    byte = endByte;
  }
  if (byte < sizeBytes) {
    const requirement = "no bytes may be unused at its end";
    refuse(file, { requirement, found: `${sizeBytes - byte}`, byte });
  }
}
