/** Pinch: two fingers move and zoom the view about the middle between them. */
import { pannedBy, zoomedAt } from "../camera";
import type { ScreenPoint } from "../inputs";
import type { Camera } from "../view-state";

interface Span {
  readonly middle: ScreenPoint;
  readonly distance: number;
}

export class Pinch {
  private readonly fingers = new Map<number, ScreenPoint>();
  private last: Span | null = null;

  /** Two fingers are down, so the tool has to wait. */
  get isActive(): boolean {
    return this.fingers.size > 1;
  }

  down(pointerId: number, at: ScreenPoint): void {
    this.fingers.set(pointerId, at);
    this.last = this.span();
  }

  /** The camera after a finger moved. */
  move(pointerId: number, at: ScreenPoint, camera: Camera, minZoom: number): Camera {
    if (!this.fingers.has(pointerId)) {
      return camera;
    }
    this.fingers.set(pointerId, at);
    const span = this.span();
    const before = this.last;
    this.last = span;
    if (span === null || before === null) {
      return camera;
    }
    const dx = span.middle.x - before.middle.x;
    const dy = span.middle.y - before.middle.y;
    const factor = before.distance > 0 ? span.distance / before.distance : 1;
    return zoomedAt(pannedBy(camera, dx, dy), span.middle, factor, minZoom);
  }

  up(pointerId: number): void {
    this.fingers.delete(pointerId);
    this.last = this.span();
  }

  private span(): Span | null {
    const [a, b] = [...this.fingers.values()];
    if (a === undefined || b === undefined) {
      return null;
    }
    return {
      middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 },
      distance: Math.hypot(a.x - b.x, a.y - b.y),
    };
  }
}
