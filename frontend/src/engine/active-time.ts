/** How long somebody really worked: the time between interactions, with pauses cut short. */
import type { Clock } from "./ports";

/** A longer pause counts as this much: looking is work, being away is not. */
const LONGEST_PAUSE_MS = 10_000;

export class ActiveTime {
  private readonly clock: Clock;
  private last: number | null = null;
  private activeMs = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Something was done just now. A clock set back counts as no time. */
  touch(): void {
    const now = this.clock.now();
    if (this.last !== null) {
      this.activeMs += Math.min(LONGEST_PAUSE_MS, Math.max(0, now - this.last));
    }
    this.last = now;
  }

  /** The active seconds since the last call. */
  take(): number {
    const seconds = Math.round(this.activeMs) / 1000;
    this.activeMs = 0;
    return seconds;
  }
}
