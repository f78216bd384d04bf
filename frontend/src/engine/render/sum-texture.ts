/**
 * The channels that find no texture unit of their own, added up on the processor into one texture.
 * It is computed anew when one of them, or its contrast, changes.
 */
import type { PlaneShape } from "../../model";
import { ChannelRows } from "./channel-rows";
import { MARGIN_PX, type SampleMap } from "./sampling";
import type { Scene, SceneChannel } from "./scene";
import { makeTexture } from "./textures";

export class SumTexture {
  readonly texture: WebGLTexture;
  private readonly gl: WebGL2RenderingContext;
  private held: readonly SceneChannel[] = [];

  constructor(gl: WebGL2RenderingContext) {
    this.gl = gl;
    this.texture = makeTexture(gl);
  }

  update(scene: Scene, channels: readonly SceneChannel[]): void {
    const isSame =
      channels.length === this.held.length &&
      channels.every((channel, i) => channel === this.held[i]);
    if (isSame || channels.length === 0) {
      return;
    }
    const { gl } = this;
    const { nCols, nRows } = scene.shape;
    this.held = channels;
    const sum = summed(scene, channels);
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB8, nCols, nRows, 0, gl.RGB, gl.UNSIGNED_BYTE, sum);
  }
}

/** Red, green and blue of each pixel of the image, row by row. */
function summed(scene: Scene, channels: readonly SceneChannel[]): Uint8ClampedArray {
  const { nCols, nRows } = scene.shape;
  const whole = { x: 0, y: 0, width: nCols, height: nRows };
  const rows = new ChannelRows({ ...scene, channels }, everyColumn(scene.shape), whole);
  const sum = new Uint8ClampedArray(nRows * nCols * 3);
  for (let row = 0; row < nRows; row++) {
    sum.set(rows.at(row), row * nCols * 3);
  }
  return sum;
}

/** Shows each column of the image once. */
function everyColumn({ nCols }: PlaneShape): SampleMap {
  const cols = Int32Array.from({ length: nCols + 2 * MARGIN_PX }, (_, i) => i - MARGIN_PX);
  return { cols, rows: cols };
}
