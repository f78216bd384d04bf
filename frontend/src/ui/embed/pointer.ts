import type { EditorInput, Modifiers, PointerInput, ScreenPoint } from "../../engine";

const TYPES = {
  pointerdown: "pointer_down",
  pointermove: "pointer_move",
  pointerup: "pointer_up",
  pointercancel: "pointer_cancel",
  pointerleave: "pointer_leave",
} as const;

const PX_PER_LINE = 16;

function modifiersOf(event: MouseEvent): Modifiers {
  return { shift: event.shiftKey, ctrl: event.ctrlKey || event.metaKey, alt: event.altKey };
}

function kindOf(pointerType: string): "mouse" | "pen" | "touch" {
  return pointerType === "pen" || pointerType === "touch" ? pointerType : "mouse";
}

/** Passes the pointer and the wheel on as the editor's inputs; returns what stops it. */
export function listenToPointer(
  canvas: HTMLCanvasElement,
  dispatch: (input: EditorInput) => void,
): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const placeOf = ({ clientX, clientY }: MouseEvent): ScreenPoint => {
    const { left, top } = canvas.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };

  /** What is down now; its release will not be heard once nobody listens. */
  const down = new Map<number, PointerInput>();

  const onPointer = (event: PointerEvent) => {
    event.preventDefault();
    const type = TYPES[event.type as keyof typeof TYPES];
    if (type === "pointer_down") {
      canvas.setPointerCapture?.(event.pointerId);
      // A click on the crop takes the keys back: from a control of ours or from the host page.
      canvas.focus({ preventScroll: true, focusVisible: false } as FocusOptions);
    }
    const input: PointerInput = {
      type,
      ...placeOf(event),
      ...modifiersOf(event),
      pointerId: event.pointerId,
      pointerType: kindOf(event.pointerType),
      button: event.button,
      buttons: event.buttons,
      coalesced: type === "pointer_move" ? event.getCoalescedEvents?.().map(placeOf) : undefined,
    };
    if (type === "pointer_down") down.set(event.pointerId, input);
    if (type === "pointer_up" || type === "pointer_cancel") down.delete(event.pointerId);
    dispatch(input);
  };

  const onWheel = (event: WheelEvent) => {
    event.preventDefault();
    const unit = [1, PX_PER_LINE, canvas.clientHeight][event.deltaMode] ?? 1;
    const { deltaX, deltaY } = event;
    dispatch({
      type: "wheel",
      ...placeOf(event),
      ...modifiersOf(event),
      deltaX: deltaX * unit,
      deltaY: deltaY * unit,
    });
  };

  for (const name of Object.keys(TYPES) as (keyof typeof TYPES)[]) {
    canvas.addEventListener(name, onPointer, { signal });
  }
  canvas.addEventListener("wheel", onWheel, { signal, passive: false });
  canvas.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
  return () => {
    stop.abort();
    for (const input of down.values()) dispatch({ ...input, type: "pointer_cancel" });
  };
}
