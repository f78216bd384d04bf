/** What pointer, wheel and keys tell the editor. */

export interface Modifiers {
  readonly shift?: boolean;
  readonly ctrl?: boolean;
  readonly alt?: boolean;
}

/** x, y: CSS pixels from the top left of the canvas. */
export interface ScreenPoint {
  readonly x: number;
  readonly y: number;
}

export interface PointerInput extends ScreenPoint, Modifiers {
  readonly type:
    | "pointer_down"
    | "pointer_move"
    | "pointer_up"
    | "pointer_cancel"
    | "pointer_leave";
  readonly pointerId?: number;
  readonly pointerType?: "mouse" | "pen" | "touch";
  /** 0 left, 1 middle, 2 right: the button that went down or up. */
  readonly button?: number;
  /** Bit mask of the buttons held; 0 in a move ends a gesture whose release got lost. */
  readonly buttons?: number;
  /** `getCoalescedEvents()` of the browser: the places between the last event and this one. */
  readonly coalesced?: readonly ScreenPoint[];
}

export interface WheelInput extends ScreenPoint, Modifiers {
  readonly type: "wheel";
  /** In CSS pixels (the user interface turns lines and pages into pixels). */
  readonly deltaX: number;
  readonly deltaY: number;
}

/** A key that acts while it is held: space pans, another hides the labels. */
export interface HoldInput {
  readonly type: "hold";
  readonly what: "pan" | "hide_labels" | "solo";
  readonly down: boolean;
}

export interface CommandInput {
  readonly type: "command";
  readonly id: string;
}

export type EditorInput = PointerInput | WheelInput | HoldInput | CommandInput;
