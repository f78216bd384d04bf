/** CRC-32 of zlib (polynomial 0xEDB88320, reflected), eight bytes per step. */

const N_TABLES = 8;

/** TABLES[256 * k + b] is the remainder of byte b followed by k zero bytes. */
const TABLES = buildTables();

function buildTables(): Int32Array {
  const tables = new Int32Array(256 * N_TABLES);
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) {
      value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    }
    tables[byte] = value;
  }
  for (let i = 256; i < tables.length; i++) {
    const before = tables[i - 256];
    tables[i] = (before >>> 8) ^ tables[before & 255];
  }
  return tables;
}

/** Checksum in 0 .. 2^32 - 1 of the bytes; `before` continues an earlier checksum. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  const head = Math.min(bytes.length, -bytes.byteOffset & 3);
  const nPairs = (bytes.length - head) >>> 3;
  crc = bytewise(crc, bytes.subarray(0, head));
  if (nPairs > 0) {
    crc = wordwise(crc, new Int32Array(bytes.buffer, bytes.byteOffset + head, nPairs * 2));
  }
  crc = bytewise(crc, bytes.subarray(head + nPairs * 8));
  return ~crc >>> 0;
}

function bytewise(start: number, bytes: Uint8Array): number {
  let crc = start;
  for (let i = 0; i < bytes.length; i++) {
    crc = (crc >>> 8) ^ TABLES[(crc ^ bytes[i]) & 255];
  }
  return crc;
}

/** Every browser runs on little-endian hosts, so a word holds its bytes in file order. */
function wordwise(start: number, words: Int32Array): number {
  const t = TABLES;
  let crc = start;
  for (let i = 0; i < words.length; i += 2) {
    const a = words[i] ^ crc;
    const b = words[i + 1];
    crc =
      t[1792 + (a & 255)] ^
      t[1536 + ((a >>> 8) & 255)] ^
      t[1280 + ((a >>> 16) & 255)] ^
      t[1024 + (a >>> 24)] ^
      t[768 + (b & 255)] ^
      t[512 + ((b >>> 8) & 255)] ^
      t[256 + ((b >>> 16) & 255)] ^
      t[b >>> 24];
  }
  return crc;
}
