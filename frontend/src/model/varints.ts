/** Unsigned LEB128 varints below 2^32, the numbers of a label diff. */
import { InvalidDiff } from "./errors";

/** Bytes of a number of 32 bits. */
const LONGEST = 5;

export class VarintWriter {
  private bytes: Uint8Array = new Uint8Array(64);
  private length = 0;

  write(values: ArrayLike<number>): void {
    let { bytes, length } = this;
    for (let i = 0; i < values.length; i++) {
      if (length + LONGEST > bytes.length) {
        bytes = doubled(bytes);
      }
      let rest = values[i] >>> 0;
      while (rest > 127) {
        bytes[length++] = (rest & 127) | 128;
        rest >>>= 7;
      }
      bytes[length++] = rest;
    }
    this.bytes = bytes;
    this.length = length;
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }
}

function doubled(bytes: Uint8Array): Uint8Array {
  const larger = new Uint8Array(bytes.length * 2);
  larger.set(bytes);
  return larger;
}

export class VarintReader {
  private readonly bytes: Uint8Array;
  private position = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get atEnd(): boolean {
    return this.position === this.bytes.length;
  }

  /** @throws InvalidDiff when the bytes end inside a number, or it is overlong or too large. */
  read(what: string): number {
    let value = 0;
    for (let scale = 1, n = 0; n < LONGEST; scale *= 128, n++) {
      if (this.atEnd) {
        throw new InvalidDiff(`The label diff ends inside ${what}. Send all of its bytes.`);
      }
      const byte = this.bytes[this.position++];
      value += (byte & 127) * scale;
      if (byte < 128) {
        this.checkShortest(byte, n, what);
        return this.checkSize(value, what);
      }
    }
    throw new InvalidDiff(`${what} of the label diff takes more than five bytes.`);
  }

  private checkShortest(lastByte: number, n: number, what: string): void {
    if (lastByte === 0 && n > 0) {
      throw new InvalidDiff(`${what} of the label diff is padded. Write it in its shortest form.`);
    }
  }

  private checkSize(value: number, what: string): number {
    if (value > 0xffffffff) {
      throw new InvalidDiff(`${what} of the label diff is ${value}; it must be below 2^32.`);
    }
    return value;
  }
}
