/** Base64 (RFC 4648, with padding) for the bytes of label diffs in JSON. */
import { InvalidDiff } from "./errors";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const VALUES = new Map([...ALPHABET].map((letter, value) => [letter.charCodeAt(0), value]));

/** Letters are gathered in parts, because one string of a million joins is slow. */
export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  let part = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const bits = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    part +=
      ALPHABET[bits >> 18] +
      ALPHABET[(bits >> 12) & 63] +
      (left > 1 ? ALPHABET[(bits >> 6) & 63] : "=") +
      (left > 2 ? ALPHABET[bits & 63] : "=");
    if (part.length > 4096) {
      parts.push(part);
      part = "";
    }
  }
  return parts.join("") + part;
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
