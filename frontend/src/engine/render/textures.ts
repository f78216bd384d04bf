/** Textures of the WebGL2 renderer: labels, channels, label styles and the sample map. */
import type { ChannelData, PixelWindow, PlaneShape } from "../../model";
import { type LabelStyles, TABLE_WIDTH } from "./label-styles";
import type { ChannelKind } from "./shaders";

type Gl = WebGL2RenderingContext;

/** A texture that is read texel by texel. */
export function makeTexture(gl: Gl): WebGLTexture {
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  return texture;
}

/** The label plane on the card: slots of labels, R32UI. */
export class LabelTexture {
  readonly texture: WebGLTexture;
  private readonly gl: Gl;
  private source: Uint32Array | null = null;
  private generation = -1;

  constructor(gl: Gl) {
    this.gl = gl;
    this.texture = makeTexture(gl);
  }

  /** The plane is not shown: when it comes back, it may have changed. */
  forget(): void {
    this.source = null;
  }

  /** Uploads the whole plane when it is another one, else the window that changed. */
  update(
    labels: Uint32Array,
    shape: PlaneShape,
    styles: LabelStyles,
    window: PixelWindow | null,
  ): void {
    const { gl } = this;
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    if (this.source !== labels || this.generation !== styles.generation) {
      this.source = labels;
      this.generation = styles.generation;
      const data = styles.isIdentity ? labels : labels.map((label) => styles.slotOf(label));
      const { nCols, nRows } = shape;
      gl.texImage2D(
        gl.TEXTURE_2D,
        0,
        gl.R32UI,
        nCols,
        nRows,
        0,
        gl.RED_INTEGER,
        gl.UNSIGNED_INT,
        data,
      );
    } else if (window !== null) {
      this.updateWindow(labels, shape, styles, window);
    }
  }

  private updateWindow(
    labels: Uint32Array,
    shape: PlaneShape,
    styles: LabelStyles,
    window: PixelWindow,
  ): void {
    const { gl } = this;
    const { row, col, height, width } = window;
    if (styles.isIdentity) {
      gl.pixelStorei(gl.UNPACK_ROW_LENGTH, shape.nCols);
      gl.pixelStorei(gl.UNPACK_SKIP_ROWS, row);
      gl.pixelStorei(gl.UNPACK_SKIP_PIXELS, col);
    }
    const data = styles.isIdentity ? labels : slotsIn(labels, shape, styles, window);
    gl.texSubImage2D(
      gl.TEXTURE_2D,
      0,
      col,
      row,
      width,
      height,
      gl.RED_INTEGER,
      gl.UNSIGNED_INT,
      data,
    );
    gl.pixelStorei(gl.UNPACK_ROW_LENGTH, 0);
    gl.pixelStorei(gl.UNPACK_SKIP_ROWS, 0);
    gl.pixelStorei(gl.UNPACK_SKIP_PIXELS, 0);
  }
}

function slotsIn(
  labels: Uint32Array,
  shape: PlaneShape,
  styles: LabelStyles,
  window: PixelWindow,
): Uint32Array {
  const slots = new Uint32Array(window.height * window.width);
  for (let i = 0; i < slots.length; i++) {
    const row = window.row + Math.floor(i / window.width);
    slots[i] = styles.slotOf(labels[row * shape.nCols + window.col + (i % window.width)]);
  }
  return slots;
}

/** The table of label styles, RGBA8UI. */
export class StyleTexture {
  readonly texture: WebGLTexture;
  private readonly gl: Gl;
  private nRows = 0;

  constructor(gl: Gl) {
    this.gl = gl;
    this.texture = makeTexture(gl);
  }

  update(styles: LabelStyles): void {
    const { gl } = this;
    const dirty = styles.takeDirtyRows();
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    if (this.nRows !== styles.nRows) {
      this.nRows = styles.nRows;
      gl.texImage2D(
        gl.TEXTURE_2D,
        0,
        gl.RGBA8UI,
        TABLE_WIDTH,
        this.nRows,
        0,
        gl.RGBA_INTEGER,
        gl.UNSIGNED_BYTE,
        styles.table,
      );
    } else if (dirty !== null) {
      const rowBytes = TABLE_WIDTH * 4;
      gl.texSubImage2D(
        gl.TEXTURE_2D,
        0,
        0,
        dirty.first,
        TABLE_WIDTH,
        dirty.last - dirty.first + 1,
        gl.RGBA_INTEGER,
        gl.UNSIGNED_BYTE,
        styles.table.subarray(dirty.first * rowBytes, (dirty.last + 1) * rowBytes),
      );
    }
  }
}

export interface ChannelTexture {
  readonly texture: WebGLTexture;
  readonly kind: ChannelKind;
}

/** Channels at full depth, each uploaded once per frame of the image; contrast never uploads. */
export class ChannelTextures {
  private readonly gl: Gl;
  private held = new Map<ChannelData, ChannelTexture>();

  constructor(gl: Gl) {
    this.gl = gl;
  }

  /** Textures of these channels; those of channels that are no longer shown are freed. */
  get(channels: readonly ChannelData[], shape: PlaneShape): ChannelTexture[] {
    const kept = new Map<ChannelData, ChannelTexture>();
    for (const data of channels) {
      kept.set(data, this.held.get(data) ?? this.upload(data, shape));
    }
    for (const [data, { texture }] of this.held) {
      if (!kept.has(data)) {
        this.gl.deleteTexture(texture);
      }
    }
    this.held = kept;
    return channels.map((data) => kept.get(data) as ChannelTexture);
  }

  free(): void {
    for (const { texture } of this.held.values()) {
      this.gl.deleteTexture(texture);
    }
    this.held.clear();
  }

  private upload(data: ChannelData, shape: PlaneShape): ChannelTexture {
    const { gl } = this;
    const { nCols, nRows } = shape;
    const texture = makeTexture(gl);
    if (data instanceof Uint8Array) {
      gl.texImage2D(
        gl.TEXTURE_2D,
        0,
        gl.R8UI,
        nCols,
        nRows,
        0,
        gl.RED_INTEGER,
        gl.UNSIGNED_BYTE,
        data,
      );
      return { texture, kind: "uint" };
    }
    if (data instanceof Uint16Array) {
      gl.texImage2D(
        gl.TEXTURE_2D,
        0,
        gl.R16UI,
        nCols,
        nRows,
        0,
        gl.RED_INTEGER,
        gl.UNSIGNED_SHORT,
        data,
      );
      return { texture, kind: "uint" };
    }
    const floats = data instanceof Float32Array ? data : Float32Array.from(data);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R32F, nCols, nRows, 0, gl.RED, gl.FLOAT, floats);
    return { texture, kind: "float" };
  }
}

/** The tables of `sampling.ts`, R32I, one texel high. */
export class AxisTexture {
  readonly texture: WebGLTexture;
  private readonly gl: Gl;

  constructor(gl: Gl) {
    this.gl = gl;
    this.texture = makeTexture(gl);
  }

  update(indices: Int32Array): void {
    const { gl } = this;
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R32I, indices.length, 1, 0, gl.RED_INTEGER, gl.INT, indices);
  }
}
