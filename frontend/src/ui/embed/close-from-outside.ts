/** Closes at a press outside, at Escape and when the focus goes elsewhere. */
export function closeFromOutside(place: HTMLElement | null, close: () => void): () => void {
  const stop = new AbortController();
  const options = { signal: stop.signal, capture: true };
  const isInside = (target: EventTarget | null) =>
    target instanceof Node && place?.contains(target) === true;
  const leave = ({ target }: Event) => {
    if (!isInside(target)) close();
  };
  window.addEventListener("pointerdown", leave, options);
  window.addEventListener("focusin", leave, options);
  window.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      close();
      place?.querySelector("button")?.focus();
    },
    options,
  );
  return () => stop.abort();
}
