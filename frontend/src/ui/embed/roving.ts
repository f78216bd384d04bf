import { type KeyboardEvent, type RefObject, useLayoutEffect } from "react";

const STEPS: Readonly<Record<string, "next" | "previous" | "first" | "last">> = {
  ArrowDown: "next",
  ArrowRight: "next",
  ArrowUp: "previous",
  ArrowLeft: "previous",
  Home: "first",
  End: "last",
};

interface RovingProps {
  onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
  onFocus: () => void;
}

/**
 * One stop for the Tab key in a group of buttons; arrows, Home and End go from one to the next, as the
 * pattern of a toolbar has it. Lists that a button of the group opens are no part of it.
 */
export function useRoving(ref: RefObject<HTMLElement | null>): RovingProps {
  // Buttons come and go with the size of the window and what is selected.
  useLayoutEffect(() => keepOneStop(ref.current));
  return {
    onFocus: () => keepOneStop(ref.current),
    onKeyDown: (event) => {
      const group = ref.current;
      const step = STEPS[event.key];
      if (!group || step === undefined || hasModifier(event)) return;
      const items = itemsOf(group);
      const at = items.indexOf(event.target as HTMLElement);
      if (at < 0) return;
      event.preventDefault();
      items[placeAfter(step, at, items.length)]?.focus();
    },
  };
}

function hasModifier({ ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean {
  return ctrlKey || metaKey || altKey || shiftKey;
}

function placeAfter(step: (typeof STEPS)[string], at: number, n: number): number {
  if (step === "first") return 0;
  if (step === "last") return n - 1;
  return (at + (step === "next" ? 1 : -1) + n) % n;
}

function itemsOf(group: HTMLElement): HTMLElement[] {
  const buttons = group.querySelectorAll<HTMLElement>("button:not(:disabled)");
  const list = group.closest("[data-list]");
  return [...buttons].filter((button) => button.closest("[data-list]") === list);
}

/** The stop is the button with the focus, else the one that is on, else the first. */
function keepOneStop(group: HTMLElement | null): void {
  if (!group) return;
  const items = itemsOf(group);
  const focused = items.find((item) => item === group.ownerDocument.activeElement);
  const on = items.find(
    (item) =>
      item.getAttribute("aria-pressed") === "true" || item.getAttribute("aria-selected") === "true",
  );
  const stop = focused ?? on ?? items[0];
  for (const item of items) item.tabIndex = item === stop ? 0 : -1;
}
