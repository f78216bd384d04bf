import { crc32 as zlibCrc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  autoContrast,
  centreOf,
  channelColor,
  crc32,
  grownWindow,
  histogramOf,
  InvalidArray,
  intersectionOf,
  isInside,
  LabelColoring,
  PALETTES,
  parseNpy,
  pixelAt,
  unionOf,
} from "../../src/model";
import { Random } from "./random";

function npy(descr: string, shape: string, data: Uint8Array, version = 1, order = "False") {
  const header = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`;
  const lengthBytes = version === 1 ? 2 : 4;
  const bytes = new Uint8Array(8 + lengthBytes + header.length + data.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  bytes[8] = header.length;
  bytes.set(new TextEncoder().encode(header), 8 + lengthBytes);
  bytes.set(data, 8 + lengthBytes + header.length);
  return bytes.buffer;
}

describe("crc32", () => {
  it("has the check value of the standard", () => {
    expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
    expect(crc32(new Uint8Array(0))).toBe(0);
  });

  it("is the same for every alignment and in parts", () => {
    const random = new Random(5);
    const buffer = Uint8Array.from({ length: 300 }, () => random.int(0, 256));
    for (let start = 0; start < 9; start++) {
      for (let length = 0; length < 40; length++) {
        const bytes = buffer.subarray(start, start + length);
        const whole = zlibCrc32(bytes);
        expect(crc32(bytes)).toBe(whole);
        const cut = random.int(0, length + 1);
        expect(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut)))).toBe(whole);
      }
    }
  });
});

describe("parseNpy", () => {
  const values = [1, 2, 3, 4, 5, 6];

  it.each([
    ["|u1", Uint8Array],
    ["<u2", Uint16Array],
    ["<u4", Uint32Array],
    ["<i2", Int16Array],
    ["<i4", Int32Array],
    ["<f4", Float32Array],
    ["<f8", Float64Array],
  ] as const)("reads %s", (descr, Type) => {
    const data = new Uint8Array(Type.from(values).buffer);
    for (const version of [1, 2]) {
      const array = parseNpy(npy(descr, "(1, 2, 3)", data, version));
      expect(array.shape).toEqual([1, 2, 3]);
      expect(array.data).toEqual(Type.from(values));
    }
  });

  it("says what it cannot read", () => {
    const data = new Uint8Array(6);
    expect(() => parseNpy(new ArrayBuffer(20))).toThrow("do not begin with its signature");
    expect(() => parseNpy(npy(">u2", "(3,)", data))).toThrow("The array has type >u2");
    expect(() => parseNpy(npy("|u1", "(2, 3)", data, 1, "True"))).toThrow("fortran_order True");
    expect(() => parseNpy(npy("<u2", "(3, 4)", data))).toThrow("shape (3,4) misses 18 bytes");
    expect(() => parseNpy(npy("|u1", "2", data))).toThrow("no field shape");
    const cut = npy("|u1", "(6,)", data).slice(0, 30);
    expect(() => parseNpy(cut)).toThrow(InvalidArray);
  });
});

describe("autoContrast", () => {
  it("saturates a thousandth at each end", () => {
    const data = Uint16Array.from({ length: 10000 }, (_, i) => i);
    expect(autoContrast(data)).toEqual([10, 9989]);
  });

  it("ignores what is not finite and is not led astray by one bright pixel", () => {
    const data = Float32Array.from({ length: 5000 }, (_, i) => (i % 100) / 100);
    data.set([Number.NaN, Number.POSITIVE_INFINITY, 2]);
    const [black, full] = autoContrast(data);
    expect(black).toBeCloseTo(0, 2);
    expect(full).toBeCloseTo(0.99, 2);
  });

  it("gives two limits to constant and to empty channels", () => {
    expect(autoContrast(new Uint8Array(9).fill(7))).toEqual([7, 8]);
    expect(autoContrast(new Float32Array(4).fill(2000))).toEqual([2000, 2002]);
    const [black, full] = autoContrast(new Float32Array(4).fill(Number.NaN));
    expect(full).toBeGreaterThan(black);
    expect(histogramOf(new Float32Array(4).fill(3)).counts[0]).toBe(4);
  });
});

describe("colours of labels", () => {
  function grid(size: number, n: number): Uint32Array {
    const width = size * n;
    return Uint32Array.from({ length: width * width }, (_, at) => {
      const [row, col] = [Math.floor(at / width), at % width];
      const isGap = row % size < 2 || col % size < 2;
      return isGap ? 0 : Math.floor(row / size) * n + Math.floor(col / size) + 1;
    });
  }

  it.each(["vivid", "safe"] as const)("tell neighbours apart with the palette %s", (name) => {
    const n = 30;
    const plane = grid(10, n);
    const coloring = new LabelColoring(PALETTES[name].length);
    const shape = { nRows: 300, nCols: 300 };
    coloring.learn(plane, shape, { row: 0, col: 0, height: 300, width: 300 });
    for (let label = 1; label <= n * n; label++) {
      const others = [label % n === 0 ? 0 : label + 1, label + n].filter(
        (l) => l > 0 && l <= n * n,
      );
      for (const other of others) {
        expect(coloring.entryOf(other)).not.toBe(coloring.entryOf(label));
      }
    }
  });

  it("stay once given, also to labels never seen side by side", () => {
    const coloring = new LabelColoring(5);
    const before = [1, 2, 0xffffffff].map((label) => coloring.entryOf(label));
    coloring.learn(
      Uint32Array.of(1, 2),
      { nRows: 1, nCols: 2 },
      { row: 0, col: 0, height: 1, width: 2 },
    );
    expect([1, 2, 0xffffffff].map((label) => coloring.entryOf(label))).toEqual(before);
  });

  it("are all different", () => {
    for (const palette of Object.values(PALETTES)) {
      expect(new Set(palette.map(String)).size).toBe(palette.length);
    }
    expect(channelColor("nuclear", 0)).not.toEqual(channelColor("membrane", 1));
    expect(channelColor("other", 2)).toHaveLength(3);
  });
});

describe("points and windows", () => {
  it("turn x, y into row, column and back", () => {
    expect(pixelAt({ x: 3.99, y: -0.01 })).toEqual({ row: -1, col: 3 });
    expect(centreOf({ row: 2, col: 7 })).toEqual({ x: 7.5, y: 2.5 });
    expect(isInside({ row: 0, col: 5 }, { nRows: 9, nCols: 5 })).toBe(false);
  });

  it("unite, intersect and grow", () => {
    const a = { row: 1, col: 2, height: 3, width: 4 };
    const b = { row: 3, col: 0, height: 5, width: 3 };
    expect(unionOf(a, b)).toEqual({ row: 1, col: 0, height: 7, width: 6 });
    expect(unionOf(a, null)).toEqual(a);
    expect(intersectionOf(a, b)).toEqual({ row: 3, col: 2, height: 1, width: 1 });
    expect(intersectionOf(a, { ...b, row: 4 })).toBeNull();
    expect(grownWindow(a, 2, { nRows: 5, nCols: 5 })).toEqual({
      row: 0,
      col: 0,
      height: 5,
      width: 5,
    });
  });
});
