/**
 * Small state charts. A tool is a table: per state, what each input does and which state comes
 * next. The path of the state (`brush.painting`) is what tests and the status bar read.
 */
import type { Point } from "../model";
import type { Modifiers, ScreenPoint } from "./inputs";

/** A pointer input with its places in image space. */
export interface ToolPointer {
  readonly screen: ScreenPoint;
  readonly point: Point;
  /** All places since the last input, oldest first; the last one is `point`. */
  readonly trail: readonly Point[];
  readonly modifiers: Modifiers;
  readonly button: number;
}

/**
 * `finish` is Enter, `back` takes back the last step of an unfinished shape, `abort` is Escape, a
 * second finger, another tool, a lost pointer.
 */
export type ToolSignal = "down" | "move" | "up" | "finish" | "back" | "abort";

/** Does what the input asks for and names the next state; nothing means to stay. */
export type Reaction<State extends string> = (pointer: ToolPointer) => State | undefined;

export type States<State extends string> = Readonly<
  Record<State, Partial<Record<Exclude<ToolSignal, "abort">, Reaction<State>>>>
>;

export interface Chart<State extends string> {
  readonly id: string;
  readonly initial: State;
  /** Moves reach it while it is idle too. */
  readonly hovers?: boolean;
  /** Its gestures change nothing that could be taken back. */
  readonly looksOnly?: boolean;
  readonly states: States<State>;
  /** Leaves a state that was not finished and puts everything back. */
  readonly abort: (state: State) => void;
}

/** A chart at work, whatever the names of its states. */
export interface Tool {
  readonly path: string;
  readonly isIdle: boolean;
  /** Moves reach it while it is idle too. */
  readonly hovers: boolean;
  readonly looksOnly: boolean;
  send(signal: Exclude<ToolSignal, "abort" | "back">, pointer: ToolPointer): void;
  /** Takes back the last step; where the state knows none, all of what is unfinished. */
  back(pointer: ToolPointer): void;
  abort(): void;
}

export function runChart<State extends string>(chart: Chart<State>): Tool {
  let state = chart.initial;
  const abort = () => {
    if (state !== chart.initial) {
      const left = state;
      state = chart.initial;
      chart.abort(left);
    }
  };
  return {
    hovers: chart.hovers ?? false,
    looksOnly: chart.looksOnly ?? false,
    get path() {
      return `${chart.id}.${state}`;
    },
    get isIdle() {
      return state === chart.initial;
    },
    send(signal, pointer) {
      state = chart.states[state][signal]?.(pointer) ?? state;
    },
    back(pointer) {
      const { back } = chart.states[state];
      if (back === undefined) {
        abort();
      } else {
        state = back(pointer) ?? state;
      }
    },
    abort,
  };
}
