/**
 * Keeps wheel and keys from scrolling the page that embeds this one. The wheel may still scroll a panel
 * of ours that has more to show.
 */
export function keepHostFromScrolling(own: Document = document): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  own.addEventListener(
    "wheel",
    (event) => {
      if (!scrollsInside(event)) event.preventDefault();
    },
    { signal, passive: false },
  );
  return () => stop.abort();
}

function scrollsInside(event: WheelEvent): boolean {
  if (event.ctrlKey || !(event.target instanceof Element)) return false;
  const panel = event.target.closest("[data-scrolls]");
  if (!panel) return false;
  const room =
    event.deltaY < 0 ? panel.scrollTop : panel.scrollHeight - panel.clientHeight - panel.scrollTop;
  return room > 1;
}
