import { afterEach, describe, expect, it, vi } from "vitest";
import type { EditorInput } from "../../src/engine";
import { keepHostFromScrolling } from "../../src/ui/embed/keep-scroll";
import { Keymap } from "../../src/ui/embed/keys/keymap";
import { listenToKeys } from "../../src/ui/embed/keys/listen";
import { listenToPointer } from "../../src/ui/embed/pointer";
import { memoryStore } from "./memory-store";

/** happy-dom's wheel events are no mouse events, so they lack places and modifiers. */
function wheelEvent(init: WheelEventInit): WheelEvent {
  const { clientX = 0, clientY = 0, ctrlKey = false } = init;
  const event = new WheelEvent("wheel", { bubbles: true, cancelable: true, ...init });
  return Object.assign(event, { clientX, clientY, ctrlKey });
}

let stop: () => void = () => undefined;

afterEach(() => {
  stop();
  document.body.replaceChildren();
});

function place<K extends keyof HTMLElementTagNameMap>(tag: K, set: Record<string, string> = {}) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(set)) element.setAttribute(name, value);
  document.body.append(element);
  return element;
}

describe("keys", () => {
  function listen() {
    const actions = { run: vi.fn(), hold: vi.fn() };
    stop = listenToKeys(new Keymap(memoryStore()).getSnapshot, actions);
    return actions;
  }
  function press(init: KeyboardEventInit, target: EventTarget = document.body) {
    const event = new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init });
    target.dispatchEvent(event);
    return event.defaultPrevented;
  }

  it.each([
    [{ key: "b" }, "tool.brush"],
    [{ key: "B" }, "tool.brush"],
    [{ key: "+", shiftKey: true }, "view.zoom_in"],
    [{ key: "z", ctrlKey: true }, "history.undo"],
    [{ key: "z", metaKey: true }, "history.undo"],
    [{ key: "Z", ctrlKey: true, shiftKey: true }, "history.redo"],
    [{ key: "Home", shiftKey: true }, "view.actual_size"],
    [{ key: "Enter", ctrlKey: true }, "page.submit"],
  ])("%o runs %s and stays in the page", (init, command) => {
    const { run } = listen();
    expect(press(init)).toBe(true);
    expect(run.mock.calls).toEqual([[command]]);
  });

  it.each([{ key: "z", altKey: true }, { key: "j", ctrlKey: true }, { key: "F9" }])(
    "%o is left to the browser",
    (init) => {
      const { run } = listen();
      expect(press(init)).toBe(false);
      expect(run).not.toHaveBeenCalled();
    },
  );

  it("never lets a key scroll the host", () => {
    listen();
    const keys = ["ArrowLeft", "PageDown", "End", " "];
    expect(keys.map((key) => press({ key }))).toEqual([true, true, true, true]);
  });

  it("holds while a key is down, once, and lets go when the window loses the focus", () => {
    const { hold } = listen();
    press({ key: " ", code: "Space" });
    press({ key: " ", code: "Space", repeat: true });
    window.dispatchEvent(new KeyboardEvent("keyup", { key: " ", code: "Space" }));
    press({ key: "h", code: "KeyH" });
    window.dispatchEvent(new Event("blur"));
    expect(hold.mock.calls).toEqual([
      ["pan", true],
      ["pan", false],
      ["hide_labels", true],
      ["hide_labels", false],
    ]);
  });

  it("leaves to controls the keys that they need, and no others", () => {
    const { run } = listen();
    const [slider, button, text] = [
      place("input", { type: "range" }),
      place("button"),
      place("textarea"),
    ];
    expect(press({ key: "ArrowUp" }, slider)).toBe(false);
    expect(press({ key: " ", code: "Space" }, button)).toBe(false);
    expect(press({ key: "b" }, text)).toBe(false);
    expect(run).not.toHaveBeenCalled();
    press({ key: "e" }, slider);
    press({ key: "n" }, button);
    press({ key: "z", ctrlKey: true }, slider);
    expect(run.mock.calls).toEqual([["tool.erase"], ["label.new"], ["history.undo"]]);
  });

  it("are silent after the listener was stopped", () => {
    const { run } = listen();
    stop();
    press({ key: "b" });
    expect(run).not.toHaveBeenCalled();
  });

  it("belong to the window that lies above the page", () => {
    const { run } = listen();
    const dialog = place("dialog", { open: "" });
    expect(press({ key: "b" }, dialog)).toBe(false);
    // A click beside its controls leaves the focus to the page below.
    expect(press({ key: "Delete" })).toBe(false);
    expect(run).not.toHaveBeenCalled();
    dialog.removeAttribute("open");
    press({ key: "b" });
    expect(run.mock.calls).toEqual([["tool.brush"]]);
  });

  it("that stay down do over and over only what is meant to go on", () => {
    const { run } = listen();
    for (const key of ["Enter", "Delete", "p", "ArrowUp", "d", "]"]) {
      press({ key });
      expect(press({ key, repeat: true })).toBe(true);
    }
    const counts = new Map<string, number>();
    for (const [id] of run.mock.calls) counts.set(id, (counts.get(id) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toEqual({
      "review.accept": 1,
      "label.delete": 1,
      "write_mode.toggle": 1,
      "brush.larger": 2,
      "frame.next": 2,
      "label.next": 2,
    });
  });
});

describe("pointer", () => {
  function listen() {
    const canvas = place("canvas", { tabindex: "0" });
    canvas.getBoundingClientRect = () => new DOMRect(100, 50, 400, 300);
    Object.defineProperty(canvas, "clientHeight", { value: 300 });
    const inputs: EditorInput[] = [];
    stop = listenToPointer(canvas, (input) => inputs.push(input));
    const send = (event: Event) => {
      canvas.dispatchEvent(event);
      return event.defaultPrevented;
    };
    return { canvas, inputs, send };
  }

  it("passes places on as seen from the canvas, with buttons and modifiers", () => {
    const { inputs, send } = listen();
    const down = new PointerEvent("pointerdown", {
      clientX: 110,
      clientY: 70,
      button: 0,
      buttons: 1,
      pointerId: 3,
      pointerType: "pen",
      shiftKey: true,
      cancelable: true,
    });
    expect(send(down)).toBe(true);
    expect(inputs[0]).toMatchObject({
      type: "pointer_down",
      x: 10,
      y: 20,
      buttons: 1,
      pointerId: 3,
      pointerType: "pen",
      shift: true,
      ctrl: false,
    });
  });

  it("passes on the places between two moves", () => {
    const { inputs, send } = listen();
    const move = new PointerEvent("pointermove", { clientX: 120, clientY: 60 });
    const between = [new PointerEvent("pointermove", { clientX: 115, clientY: 55 }), move];
    move.getCoalescedEvents = () => between;
    send(move);
    expect(inputs[0]).toMatchObject({
      type: "pointer_move",
      coalesced: [
        { x: 15, y: 5 },
        { x: 20, y: 10 },
      ],
    });
  });

  it("captures the pointer and takes the focus from controls when it goes down", () => {
    const { canvas, send } = listen();
    canvas.setPointerCapture = vi.fn();
    const slider = place("input", { type: "range" });
    slider.focus();
    send(new PointerEvent("pointerdown", { pointerId: 7 }));
    expect(canvas.setPointerCapture).toHaveBeenCalledWith(7);
    expect(document.activeElement).toBe(canvas);
  });

  it.each([
    [0, 3],
    [1, 48],
    [2, 900],
  ])("turns wheel steps of mode %i into pixels and keeps them", (deltaMode, deltaY) => {
    const { inputs, send } = listen();
    const wheel = wheelEvent({ deltaY: 3, deltaMode, clientX: 100 });
    expect(send(wheel)).toBe(true);
    expect(inputs[0]).toMatchObject({ type: "wheel", x: 0, deltaY });
  });

  it("calls off what is down when nobody listens any more", () => {
    const { inputs, send } = listen();
    const finger = { pointerId: 7, pointerType: "touch", cancelable: true };
    send(new PointerEvent("pointerdown", { ...finger, pointerId: 6 }));
    send(new PointerEvent("pointerup", { ...finger, pointerId: 6 }));
    send(new PointerEvent("pointerdown", finger));
    inputs.length = 0;
    stop();
    expect(inputs).toMatchObject([{ type: "pointer_cancel", pointerId: 7, pointerType: "touch" }]);
  });

  it("opens no context menu", () => {
    const { send } = listen();
    expect(send(new MouseEvent("contextmenu", { cancelable: true }))).toBe(true);
  });
});

describe("wheel outside the canvas", () => {
  const wheel = (target: Element, init: WheelEventInit = {}) => {
    const event = wheelEvent({ deltaY: 10, ...init });
    target.dispatchEvent(event);
    return event.defaultPrevented;
  };

  it("scrolls a panel that has more to show, and never the host", () => {
    stop = keepHostFromScrolling();
    const panel = place("aside", { "data-scrolls": "" });
    Object.defineProperties(panel, {
      scrollHeight: { value: 500 },
      clientHeight: { value: 300 },
    });
    expect(wheel(panel)).toBe(false);
    expect(wheel(panel, { deltaY: -10 })).toBe(true);
    expect(wheel(panel, { ctrlKey: true })).toBe(true);
    panel.scrollTop = 200;
    expect(wheel(panel)).toBe(true);
    expect(wheel(place("header"))).toBe(true);
  });
});
