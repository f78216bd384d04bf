interface Upload {
  readonly call: string;
  readonly width: number;
  readonly data: unknown;
}

/** A canvas whose WebGL2 context takes every call and remembers what was uploaded. */
export class FakeGlCanvas {
  width = 1;
  height = 1;
  isLost = false;
  uploads: Upload[] = [];
  nDraws = 0;
  /** Textures that the card holds now. */
  nTextures = 0;
  private readonly listeners = new Map<string, (event: Event) => void>();
  private readonly gl = new Proxy({}, { get: (_, name) => this.member(String(name)) });

  get element(): HTMLCanvasElement {
    return this as unknown as HTMLCanvasElement;
  }

  getContext(kind: string) {
    return kind === "webgl2" ? this.gl : null;
  }

  addEventListener(name: string, listener: (event: Event) => void): void {
    this.listeners.set(name, listener);
  }

  removeEventListener(name: string): void {
    this.listeners.delete(name);
  }

  /** Tells the renderer; true when it asked to get the context back. */
  fire(name: "webglcontextlost" | "webglcontextrestored"): boolean {
    this.isLost = name === "webglcontextlost";
    const event = new Event(name, { cancelable: true });
    this.listeners.get(name)?.(event);
    return event.defaultPrevented;
  }

  private member(name: string): unknown {
    if (/^[A-Z0-9_]+$/.test(name)) {
      return name === "MAX_TEXTURE_SIZE" ? 3379 : 1;
    }
    return (...args: unknown[]) => this.call(name, args);
  }

  private call(name: string, args: readonly unknown[]): unknown {
    if (name.startsWith("tex") && name.endsWith("Image2D")) {
      const width = args[name === "texImage2D" ? 3 : 4] as number;
      this.uploads.push({ call: name, width, data: args[args.length - 1] });
    }
    this.nTextures += name === "createTexture" ? 1 : name === "deleteTexture" ? -1 : 0;
    this.nDraws += name === "drawArrays" ? 1 : 0;
    const answers: Record<string, unknown> = {
      isContextLost: this.isLost,
      getExtension: null,
      getParameter: 8192,
      getProgramParameter: true,
      getShaderParameter: true,
    };
    return name in answers ? answers[name] : {};
  }
}
