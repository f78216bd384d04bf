/** Unsigned LEB128 varints below 2^32, the numbers of a label diff. */
import { InvalidDiff } from "./errors";

export class VarintWriter {
  private bytes = new Uint8Array(64);
  private length = 0;

  write(value: number): void {
    if (this.length + 5 > this.bytes.length) {
      const larger = new Uint8Array(this.bytes.length * 2);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    let rest = value >>> 0;
    while (rest > 127) {
      this.bytes[this.length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }
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
    for (let scale = 1, n = 0; n < 5; scale *= 128, n++) {
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
