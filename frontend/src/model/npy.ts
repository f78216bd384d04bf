/** Reader of .npy arrays (versions 1 to 3, C order, little endian) as the API sends them. */
import { InvalidArray } from "./errors";

export type ChannelData =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Int16Array
  | Int32Array
  | Float32Array
  | Float64Array;

export interface NpyArray {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: ChannelData;
}

const READERS = new Map<string, (buffer: ArrayBuffer, offset: number, n: number) => ChannelData>([
  ["|u1", (buffer, offset, n) => new Uint8Array(buffer, offset, n)],
  ["<u2", (buffer, offset, n) => new Uint16Array(buffer, offset, n)],
  ["<u4", (buffer, offset, n) => new Uint32Array(buffer, offset, n)],
  ["<i2", (buffer, offset, n) => new Int16Array(buffer, offset, n)],
  ["<i4", (buffer, offset, n) => new Int32Array(buffer, offset, n)],
  ["<f4", (buffer, offset, n) => new Float32Array(buffer, offset, n)],
  ["<f8", (buffer, offset, n) => new Float64Array(buffer, offset, n)],
]);

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/**
 * The array in a buffer, without a copy where the alignment allows it.
 *
 * @throws InvalidArray when it is no .npy file, is cut short, or has another type or order.
 */
export function parseNpy(buffer: ArrayBuffer): NpyArray {
  const { header, dataAt } = splitHeader(buffer);
  const dtype = field(header, /'descr'\s*:\s*'([^']*)'/, "descr");
  const order = field(header, /'fortran_order'\s*:\s*(True|False)/, "fortran_order");
  const shape = parseShape(field(header, /'shape'\s*:\s*\(([^)]*)\)/, "shape"));
  const read = READERS.get(dtype);
  if (read === undefined || order === "True") {
    throw new InvalidArray(
      `The array has type ${dtype} and fortran_order ${order}; the editor reads ` +
        `${[...READERS.keys()].join(" ")} in C order.`,
    );
  }
  const itemSize = Number(dtype.slice(2));
  const size = shape.reduce((product, n) => product * n, 1);
  const missing = dataAt + size * itemSize - buffer.byteLength;
  if (missing > 0) {
    throw new InvalidArray(`The array of shape (${shape}) misses ${missing} bytes. Load it again.`);
  }
  const isAligned = dataAt % itemSize === 0;
  const data = isAligned
    ? read(buffer, dataAt, size)
    : read(buffer.slice(dataAt, dataAt + size * itemSize), 0, size);
  return { dtype, shape, data };
}

function splitHeader(buffer: ArrayBuffer): { header: string; dataAt: number } {
  const bytes = new Uint8Array(buffer);
  if (bytes.length < 12 || MAGIC.some((value, i) => bytes[i] !== value)) {
    throw new InvalidArray("The bytes are no .npy array: they do not begin with its signature.");
  }
  const view = new DataView(buffer);
  const isShort = bytes[6] === 1;
  const length = isShort ? view.getUint16(8, true) : view.getUint32(8, true);
  const start = isShort ? 10 : 12;
  if (start + length > bytes.length) {
    throw new InvalidArray("The array ends inside its header. Load it again.");
  }
  const header = Array.from(bytes.subarray(start, start + length), (c) => String.fromCharCode(c));
  return { header: header.join(""), dataAt: start + length };
}

function field(header: string, pattern: RegExp, name: string): string {
  const match = pattern.exec(header);
  if (match === null) {
    throw new InvalidArray(`The header of the array has no field ${name}: ${header.trim()}`);
  }
  return match[1];
}

function parseShape(text: string): number[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map(Number);
}
