/** A .npy file, version 1.0, as numpy writes it. */
export function npyBytes(
  descr: string,
  shape: readonly number[],
  data: ArrayBufferView,
): ArrayBuffer {
  const fields = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`;
  const length = Math.ceil((10 + fields.length + 1) / 64) * 64 - 10;
  const file = new Uint8Array(10 + length + data.byteLength);
  file.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, length & 255, length >> 8]);
  file.set(new TextEncoder().encode(`${fields.padEnd(length - 1)}\n`), 10);
  file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + length);
  return file.buffer;
}
