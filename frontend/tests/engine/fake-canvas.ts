/** A canvas of which the 2D renderer uses two calls; its pixels are an array. */
export class FakeCanvas {
  width = 1;
  height = 1;
  pixels = new Uint8ClampedArray(4);
  nDraws = 0;

  /** What the engine takes for a canvas element. */
  get element(): HTMLCanvasElement {
    return this as unknown as HTMLCanvasElement;
  }

  getContext(kind: string) {
    return kind === "2d" ? this : null;
  }

  createImageData(width: number, height: number) {
    return { width, height, data: new Uint8ClampedArray(width * height * 4) };
  }

  putImageData(
    image: { width: number; height: number; data: Uint8ClampedArray },
    x: number,
    y: number,
  ) {
    this.nDraws++;
    if (this.pixels.length !== this.width * this.height * 4) {
      this.pixels = new Uint8ClampedArray(this.width * this.height * 4);
    }
    for (let row = 0; row < image.height; row++) {
      const line = image.data.subarray(row * image.width * 4, (row + 1) * image.width * 4);
      this.pixels.set(line, ((y + row) * this.width + x) * 4);
    }
  }

  at(x: number, y: number): number[] {
    return [...this.pixels.subarray((y * this.width + x) * 4, (y * this.width + x) * 4 + 3)];
  }
}
