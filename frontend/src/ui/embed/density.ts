/** Calls when the screen has another density, as when the window goes to another screen; returns what stops it. */
export function watchDensity(onChange: () => void, own: Window = window): () => void {
  const stop = new AbortController();
  // A query tells only of its own density coming or going: with each change a new one is asked.
  const watch = () => {
    own
      .matchMedia(`(resolution: ${own.devicePixelRatio}dppx)`)
      .addEventListener("change", follow, { once: true, signal: stop.signal });
  };
  const follow = () => {
    onChange();
    watch();
  };
  watch();
  return () => stop.abort();
}
