import type { Clock, Scheduler } from "../../engine";

export const browserClock: Clock = { now: () => Date.now() };

export const browserScheduler: Scheduler = {
  onFrame: (run) => {
    const id = requestAnimationFrame(run);
    return () => cancelAnimationFrame(id);
  },
  after: (delayMs, run) => {
    const id = setTimeout(run, delayMs);
    return () => clearTimeout(id);
  },
  random: () => Math.random(),
};
