/** Base64 (RFC 4648, with padding) for the bytes of label diffs in JSON. */
import { InvalidDiff } from "./errors";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const VALUES = new Map([...ALPHABET].map((letter, value) => [letter.charCodeAt(0), value]));

/** The two letters of each twelve bits, the first one in the lower byte. */
const PAIRS = Uint16Array.from(
  { length: 64 * 64 },
  (_, bits) => ALPHABET.charCodeAt(bits >> 6) | (ALPHABET.charCodeAt(bits & 63) << 8),
);
const PADDING = "=".charCodeAt(0);
/** Letters that become text at once: a call takes only so many arguments. */
const PART_LETTERS = 8192;

export function toBase64(bytes: Uint8Array): string {
  const letters = lettersOf(bytes);
  const parts: string[] = [];
  for (let at = 0; at < letters.length; at += PART_LETTERS) {
    const part = letters.subarray(at, at + PART_LETTERS);
    // As an array of plain numbers: the elements of a typed one are handed over one by one.
    parts.push(String.fromCharCode.apply(null, part as unknown as number[]));
  }
  return parts.join("");
}

/** Every browser runs on little-endian hosts, so the lower byte of a pair comes first. */
function lettersOf(bytes: Uint8Array): Uint8Array {
  const pairs = new Uint16Array(Math.ceil(bytes.length / 3) * 2);
  const nWhole = bytes.length - (bytes.length % 3);
  let at = 0;
  for (let i = 0; i < nWhole; i += 3) {
    const bits = (bytes[i] << 16) | (bytes[i + 1] << 8) | bytes[i + 2];
    pairs[at++] = PAIRS[bits >> 12];
    pairs[at++] = PAIRS[bits & 4095];
  }
  const letters = new Uint8Array(pairs.buffer);
  if (nWhole < bytes.length) {
    const isOne = bytes.length - nWhole === 1;
    const bits = (bytes[nWhole] << 16) | (isOne ? 0 : bytes[nWhole + 1] << 8);
    pairs[at++] = PAIRS[bits >> 12];
    pairs[at] = PAIRS[bits & 4095];
    letters.fill(PADDING, letters.length - (isOne ? 2 : 1));
  }
  return letters;
}

/** @throws InvalidDiff when the text is not base64. */
export function fromBase64(text: string): Uint8Array {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  if (text.length % 4 !== 0) {
    throw new InvalidDiff(
      `${text.length} letters are no base64: their number must be a multiple of 4.`,
    );
  }
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  for (let i = 0, at = 0; i < text.length; i += 4) {
    const isLast = i + 4 === text.length;
    let bits = 0;
    for (let k = 0; k < 4; k++) {
      bits = (bits << 6) | sextet(text, i + k, isLast && k >= 4 - padding);
    }
    bytes[at++] = bits >> 16;
    bytes[at++] = bits >> 8;
    bytes[at++] = bits;
  }
  return bytes;
}

function sextet(text: string, at: number, isPadding: boolean): number {
  if (isPadding) {
    return 0;
  }
  const value = VALUES.get(text.charCodeAt(at));
  if (value === undefined) {
    throw new InvalidDiff(
      `Letter ${at + 1} of the base64 text is "${text[at]}", which base64 has not.`,
    );
  }
  return value;
}
