/** Which tool gets which input. Pan and pinch come first; the chosen tool gets the rest. */
import { toImage } from "./camera";
import type { Tool, ToolPointer } from "./chart";
import type { PointerInput } from "./inputs";
import type { ToolId } from "./tool-list";
import { makeTools } from "./tools";
import type { ToolContext } from "./tools/context";
import { Pinch } from "./tools/pinch";

const LEFT = 0;
const MIDDLE = 1;
const RIGHT = 2;

export class Toolbox {
  private readonly context: ToolContext;
  private readonly tools: Readonly<Record<ToolId, Tool>>;
  private readonly pinch = new Pinch();
  private readonly minZoom: () => number;
  private isPanHeld = false;
  /** The tool that has the pointer until it is released. */
  private active: Tool | null = null;
  private activePointer = 0;
  private last: ToolPointer | null = null;

  constructor(context: ToolContext, minZoom: () => number) {
    this.context = context;
    this.minZoom = minZoom;
    this.tools = makeTools(context);
  }

  get path(): string {
    if (this.pinch.isActive) {
      return "pan.pinching";
    }
    return (this.active ?? this.chosen).path;
  }

  holdPan(isDown: boolean): void {
    this.isPanHeld = isDown;
  }

  /** Puts back what an unfinished gesture or shape did; false when there was none. */
  abort(): boolean {
    const { active, chosen } = this;
    const isUnfinished = active !== null || !chosen.isIdle;
    this.active = null;
    // The view may be dragged while a shape is open: both end.
    active?.abort();
    chosen.abort();
    if (chosen.hovers) {
      this.context.draw(null);
    }
    return isUnfinished;
  }

  /** Closes an unfinished shape; false when there is none. */
  finish(): boolean {
    const { chosen, last } = this;
    if (this.active !== null || chosen.isIdle || last === null) {
      return false;
    }
    chosen.send("finish", last);
    return true;
  }

  /** Takes back the last step of what is unfinished, else all of it; false when there is nothing. */
  back(): boolean {
    const { active, chosen, last } = this;
    const tool = active === null || active.looksOnly ? chosen : active;
    if (tool.isIdle || tool.looksOnly || last === null) {
      return false;
    }
    tool.back(last);
    this.releaseWhenIdle();
    return true;
  }

  handle(input: PointerInput): void {
    const id = input.pointerId ?? 1;
    if (input.pointerType === "touch") {
      this.followFinger(input, id);
    }
    if (this.pinch.isActive) {
      this.abort();
    } else if (input.type === "pointer_down") {
      this.down(input, id);
    } else if (input.type === "pointer_leave" && this.active === null && this.chosen.hovers) {
      this.context.draw(null);
    } else if (this.active !== null && id === this.activePointer) {
      this.continue(input, this.active);
    } else if (input.type === "pointer_move" && this.active === null && this.isFollowing) {
      this.send(this.chosen, "move", this.pointer(input));
    }
  }

  private get isFollowing(): boolean {
    return !this.chosen.isIdle || this.chosen.hovers;
  }

  private get chosen(): Tool {
    return this.tools[this.context.snapshot.tool];
  }

  private send(tool: Tool, signal: "down" | "move" | "up", pointer: ToolPointer): void {
    this.last = pointer;
    tool.send(signal, pointer);
  }

  private followFinger(input: PointerInput, id: number): void {
    if (input.type === "pointer_down") {
      this.pinch.down(id, input);
    } else if (input.type === "pointer_move") {
      const { camera } = this.context.snapshot;
      this.context.setCamera(this.pinch.move(id, input, camera, this.minZoom()));
    } else {
      this.pinch.up(id);
    }
  }

  private down(input: PointerInput, id: number): void {
    const button = input.button ?? LEFT;
    if (this.active !== null || button === RIGHT) {
      return;
    }
    const isPan = button === MIDDLE || this.isPanHeld;
    const tool = isPan ? this.tools.pan : this.chosen;
    this.active = tool;
    this.activePointer = id;
    this.send(tool, "down", this.pointer(input));
    this.releaseWhenIdle();
  }

  private continue(input: PointerInput, tool: Tool): void {
    if (input.type === "pointer_cancel") {
      this.active = null;
      tool.abort();
    } else if (input.type === "pointer_up") {
      this.send(tool, "up", this.pointer(input));
      this.active = null;
    } else if (input.buttons === 0) {
      // The release happened where nobody saw it: what lies between is no part of the gesture.
      this.send(tool, "up", { ...this.pointer(input), trail: [] });
      this.active = null;
    } else if (input.type === "pointer_move") {
      this.send(tool, "move", this.pointer(input));
    }
  }

  private releaseWhenIdle(): void {
    if (this.active?.isIdle) {
      this.active = null;
    }
  }

  private pointer(input: PointerInput): ToolPointer {
    const { camera } = this.context.snapshot;
    const screen = { x: input.x, y: input.y };
    const point = toImage(camera, screen);
    const between = (input.coalesced ?? []).map((place) => toImage(camera, place));
    return {
      screen,
      point,
      trail: [...between, point],
      modifiers: { shift: input.shift, ctrl: input.ctrl, alt: input.alt },
      button: input.button ?? LEFT,
    };
  }
}
