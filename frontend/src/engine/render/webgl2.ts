/**
 * Renderer on the graphics card. The label plane is an integer texture; a stroke uploads only the
 * rectangle that it changed and redraws only the part of the screen that shows it.
 */
import { type PixelWindow, unionOf } from "../../model";
import { rampOf, stopsOf } from "./intensities";
import { type Program, ProgramCache } from "./programs";
import { sampleMap } from "./sampling";
import {
  type Renderer,
  RendererError,
  type Scene,
  type SceneChannel,
  type ScreenRect,
} from "./scene";
import { SumTexture } from "./sum-texture";
import {
  AxisTexture,
  type ChannelTexture,
  ChannelTextures,
  LabelTexture,
  StyleTexture,
} from "./textures";

/** Units 0 to 4 are labels, styles, columns, rows, other labels; WebGL2 promises 16 in all. */
const FIRST_CHANNEL_UNIT = 5;
/** With more channels than these, the last unit is that of the sum of all others. */
const N_CHANNEL_UNITS = 11;

/** Everything that lives on the card and dies with a lost context. */
interface Resources {
  readonly programs: ProgramCache;
  readonly labels: LabelTexture;
  readonly other: LabelTexture;
  readonly styles: StyleTexture;
  readonly cols: AxisTexture;
  readonly rows: AxisTexture;
  readonly channels: ChannelTextures;
  readonly sum: SumTexture;
}

export class Webgl2Renderer implements Renderer {
  readonly kind = "webgl2";
  private readonly canvas: HTMLCanvasElement;
  private readonly gl: WebGL2RenderingContext;
  private readonly onRestored: () => void;
  private resources: Resources | null;
  private changedWindow: PixelWindow | null = null;
  private drawn: Scene | null = null;

  /**
   * @param onRestored called when a lost context came back and everything must be drawn again.
   * @throws RendererError when the browser gives no WebGL2 context.
   */
  constructor(canvas: HTMLCanvasElement, onRestored: () => void) {
    const gl = canvas.getContext("webgl2", {
      alpha: false,
      antialias: false,
      depth: false,
      preserveDrawingBuffer: true,
    });
    if (gl === null) {
      throw new RendererError("This browser gives no WebGL2 context.");
    }
    this.canvas = canvas;
    this.gl = gl;
    this.onRestored = onRestored;
    this.resources = makeResources(gl);
    canvas.addEventListener("webglcontextlost", this.onLost);
    canvas.addEventListener("webglcontextrestored", this.onBack);
  }

  changed(window: PixelWindow): void {
    this.changedWindow = unionOf(this.changedWindow, window);
  }

  otherChanged(): void {
    this.resources?.other.forget();
  }

  draw(scene: Scene, rects: readonly ScreenRect[]): void {
    const { gl, resources } = this;
    if (resources === null || gl.isContextLost()) {
      return;
    }
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    const channels = this.upload(scene, resources);
    const program = resources.programs.get(channels.map(({ kind }) => kind));
    gl.viewport(0, 0, scene.width, scene.height);
    program.activate();
    this.bindTextures(program, resources, channels);
    this.setUniforms(program, scene);
    gl.enable(gl.SCISSOR_TEST);
    for (const { x, y, width, height } of rects) {
      gl.scissor(x, scene.height - y - height, width, height);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    }
  }

  dispose(): void {
    this.canvas.removeEventListener("webglcontextlost", this.onLost);
    this.canvas.removeEventListener("webglcontextrestored", this.onBack);
    // The canvas and its context may live on for long: what they hold of the card is given back now.
    if (this.resources !== null) {
      freeResources(this.gl, this.resources);
    }
    this.resources = null;
  }

  private upload(scene: Scene, resources: Resources): ChannelTexture[] {
    const { drawn } = this;
    const isSameView =
      drawn !== null &&
      drawn.camera === scene.camera &&
      drawn.width === scene.width &&
      drawn.height === scene.height;
    if (!isSameView) {
      const { cols, rows } = sampleMap(scene);
      resources.cols.update(cols);
      resources.rows.update(rows);
    }
    this.drawn = scene;
    resources.labels.update(scene.labels, scene.shape, scene.styles, this.changedWindow);
    this.changedWindow = null;
    if (scene.other === null) {
      resources.other.forget();
    } else {
      resources.other.update(scene.other.labels, scene.shape, scene.styles, null);
    }
    resources.styles.update(scene.styles);
    const { own, others } = sharedOut(scene.channels);
    resources.sum.update(scene, others);
    const textures = resources.channels.get(
      own.map(({ data }) => data),
      scene.shape,
    );
    const sum: ChannelTexture = { texture: resources.sum.texture, kind: "sum" };
    return others.length > 0 ? [...textures, sum] : textures;
  }

  private bindTextures(
    program: Program,
    resources: Resources,
    channels: readonly ChannelTexture[],
  ): void {
    const fixed: [string, WebGLTexture][] = [
      ["u_labels", resources.labels.texture],
      ["u_styles", resources.styles.texture],
      ["u_cols", resources.cols.texture],
      ["u_rows", resources.rows.texture],
      ["u_other", resources.other.texture],
    ];
    const shown = channels.map(({ texture }, i): [string, WebGLTexture] => [
      `u_channel${i}`,
      texture,
    ]);
    for (const [unit, [name, texture]] of [...fixed, ...shown].entries()) {
      this.gl.activeTexture(this.gl.TEXTURE0 + unit);
      this.gl.bindTexture(this.gl.TEXTURE_2D, texture);
      this.gl.uniform1i(program.at(name), unit);
    }
    // Uploads bind to the active unit; this one is always bound anew before it is read.
    this.gl.activeTexture(this.gl.TEXTURE0 + FIRST_CHANNEL_UNIT + N_CHANNEL_UNITS - 1);
  }

  private setUniforms(program: Program, scene: Scene): void {
    const { gl } = this;
    const { view, ring } = scene;
    const [red, green, blue] = view.background;
    gl.uniform1i(program.at("u_height"), scene.height);
    gl.uniform3f(program.at("u_background"), red / 255, green / 255, blue / 255);
    gl.uniform1f(program.at("u_fill"), view.fillOpacity);
    gl.uniform1f(program.at("u_outline"), view.outlineOpacity);
    gl.uniform1i(program.at("u_outline_px"), scene.outlinePx);
    gl.uniform1i(program.at("u_show_labels"), view.showLabels ? 1 : 0);
    gl.uniform1i(program.at("u_only_selected"), view.onlySelected ? 1 : 0);
    const [r2, g2, b2] = scene.other?.color ?? [0, 0, 0];
    const showsOther = scene.other !== null && view.showLabels;
    gl.uniform1i(program.at("u_show_other"), showsOther ? 1 : 0);
    gl.uniform3f(program.at("u_other_color"), r2 / 255, g2 / 255, b2 / 255);
    gl.uniform3f(program.at("u_ring"), ring?.x ?? 0, ring?.y ?? 0, ring?.radius ?? -1);
    sharedOut(scene.channels).own.forEach((channel, i) => {
      const { black, scale } = rampOf(channel);
      gl.uniform4f(program.at(`u_ramp${i}`), black, scale, channel.gamma, channel.inverted ? 1 : 0);
      const stops = stopsOf(channel).map((part) => part / 255);
      gl.uniform3fv(program.at(`u_stops${i}`), stops);
    });
  }

  private readonly onLost = (event: Event): void => {
    // Without this the browser would never give the context back.
    event.preventDefault();
    this.resources = null;
  };

  private readonly onBack = (): void => {
    this.resources = makeResources(this.gl);
    this.drawn = null;
    this.onRestored();
  };
}

function makeResources(gl: WebGL2RenderingContext): Resources {
  return {
    programs: new ProgramCache(gl),
    labels: new LabelTexture(gl),
    other: new LabelTexture(gl),
    styles: new StyleTexture(gl),
    cols: new AxisTexture(gl),
    rows: new AxisTexture(gl),
    channels: new ChannelTextures(gl),
    sum: new SumTexture(gl),
  };
}

function freeResources(gl: WebGL2RenderingContext, resources: Resources): void {
  const { programs, channels, labels, other, styles, cols, rows, sum } = resources;
  programs.free();
  channels.free();
  for (const { texture } of [labels, other, styles, cols, rows, sum]) {
    gl.deleteTexture(texture);
  }
}

/** The channels that get a texture each, and those that share one. */
function sharedOut(channels: readonly SceneChannel[]) {
  const nOwn = channels.length > N_CHANNEL_UNITS ? N_CHANNEL_UNITS - 1 : channels.length;
  return { own: channels.slice(0, nOwn), others: channels.slice(nOwn) };
}
