/** Where each input goes: to the tools, to the view, or to a command. */
import type { Display } from "./display";
import type { EditorInput, PointerInput, WheelInput } from "./inputs";
import type { Toolbox } from "./toolbox";

/** Zoom per CSS pixel of the wheel; a pinch on a trackpad comes as a wheel with Ctrl. */
const WHEEL_SPEED = 0.0015;
const PINCH_SPEED = 0.01;

export interface InputTarget {
  readonly toolbox: Toolbox;
  readonly display: Display;
  run(commandId: string): boolean;
  changeRadius(byPx: number): void;
}

export function routeInput(target: InputTarget, input: EditorInput): void {
  if (input.type === "command") {
    target.run(input.id);
  } else if (input.type === "wheel") {
    turnWheel(target, input);
  } else if (input.type !== "hold") {
    movePointer(target, input);
  } else if (input.what === "pan") {
    target.toolbox.holdPan(input.down);
  } else if (input.what === "solo") {
    target.display.showSolo(input.down);
  } else {
    target.display.hideLabels(input.down);
  }
}

function movePointer({ toolbox, display }: InputTarget, input: PointerInput): void {
  toolbox.handle(input);
  display.pointAt(input.type === "pointer_leave" ? null : input);
}

function turnWheel(target: InputTarget, input: WheelInput): void {
  if (input.alt === true) {
    target.changeRadius(-Math.sign(input.deltaY));
  } else {
    const speed = input.ctrl === true ? PINCH_SPEED : WHEEL_SPEED;
    target.display.zoomAt(input, Math.exp(-input.deltaY * speed));
  }
}
