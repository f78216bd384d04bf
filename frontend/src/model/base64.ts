/** Base64 (RFC 4648, with padding) for the bytes of label diffs in JSON. */
import { InvalidDiff } from "./errors";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const VALUES = new Map([...ALPHABET].map((letter, value) => [letter.charCodeAt(0), value]));

const CODES = Uint8Array.from(ALPHABET, (letter) => letter.charCodeAt(0));
const PADDING = "=".charCodeAt(0);
/** Letters that become text at once: a call takes only so many arguments. */
const PART_LETTERS = 8192;

export function toBase64(bytes: Uint8Array): string {
  const letters = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  for (let i = 0, at = 0; i < bytes.length; i += 3, at += 4) {
    const bits = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    letters[at] = CODES[bits >> 18];
    letters[at + 1] = CODES[(bits >> 12) & 63];
    letters[at + 2] = CODES[(bits >> 6) & 63];
    letters[at + 3] = CODES[bits & 63];
  }
  const nMissing = (3 - (bytes.length % 3)) % 3;
  letters.fill(PADDING, letters.length - nMissing);
  const parts: string[] = [];
  for (let at = 0; at < letters.length; at += PART_LETTERS) {
    parts.push(String.fromCharCode(...letters.subarray(at, at + PART_LETTERS)));
  }
  return parts.join("");
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
