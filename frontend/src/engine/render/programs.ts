/** Compiled shaders, one per combination of channel kinds, with their uniforms. */
import { RendererError } from "./scene";
import { type ChannelKind, fragmentShader, VERTEX_SHADER } from "./shaders";

export class Program {
  readonly handle: WebGLProgram;
  private readonly gl: WebGL2RenderingContext;
  private readonly places = new Map<string, WebGLUniformLocation | null>();

  constructor(gl: WebGL2RenderingContext, kinds: readonly ChannelKind[]) {
    this.gl = gl;
    this.handle = gl.createProgram();
    attach(gl, this.handle, gl.VERTEX_SHADER, VERTEX_SHADER);
    attach(gl, this.handle, gl.FRAGMENT_SHADER, fragmentShader(kinds));
    gl.linkProgram(this.handle);
    if (!gl.getProgramParameter(this.handle, gl.LINK_STATUS) && !gl.isContextLost()) {
      const log = gl.getProgramInfoLog(this.handle);
      throw new RendererError(`The graphics card refuses the program of the view: ${log}`);
    }
  }

  activate(): void {
    this.gl.useProgram(this.handle);
  }

  /** Where a uniform lies; null when the compiler removed it, which WebGL then ignores. */
  at(name: string): WebGLUniformLocation | null {
    let place = this.places.get(name);
    if (place === undefined) {
      place = this.gl.getUniformLocation(this.handle, name);
      this.places.set(name, place);
    }
    return place;
  }
}

function attach(gl: WebGL2RenderingContext, program: WebGLProgram, type: number, source: string) {
  const shader = gl.createShader(type);
  if (shader !== null) {
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
}

export class ProgramCache {
  private readonly gl: WebGL2RenderingContext;
  private readonly programs = new Map<string, Program>();

  constructor(gl: WebGL2RenderingContext) {
    this.gl = gl;
  }

  get(kinds: readonly ChannelKind[]): Program {
    const key = kinds.join(" ");
    let program = this.programs.get(key);
    if (program === undefined) {
      program = new Program(this.gl, kinds);
      this.programs.set(key, program);
    }
    return program;
  }

  free(): void {
    for (const { handle } of this.programs.values()) {
      this.gl.deleteProgram(handle);
    }
    this.programs.clear();
  }
}
