/** UTF-8, as the checksum of an edit needs it; half of a surrogate pair becomes U+FFFD. */

export function utf8Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  let n = 0;
  for (const letter of text) {
    const point = scalarOf(letter);
    const nMore = nBytesAfterFirst(point);
    bytes[n++] = nMore === 0 ? point : (0xf00 >> (nMore + 1)) | (point >> (6 * nMore));
    for (let i = nMore - 1; i >= 0; i--) {
      bytes[n++] = 0x80 | ((point >> (6 * i)) & 63);
    }
  }
  return bytes.subarray(0, n);
}

function scalarOf(letter: string): number {
  const point = letter.codePointAt(0) as number;
  return point >= 0xd800 && point < 0xe000 ? 0xfffd : point;
}

function nBytesAfterFirst(point: number): number {
  if (point < 0x80) {
    return 0;
  }
  return point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
}

export function byteLength(text: string): number {
  return utf8Bytes(text).length;
}
