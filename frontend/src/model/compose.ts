/** Squashing: one label diff in place of two that follow each other. */
import { DivergingDiff, InvalidDiff } from "./errors";
import { diffOfSegments, type LabelDiff, visitSegments } from "./label-diff";
import { SegmentList } from "./segments";

interface Piece {
  readonly row: number;
  readonly col: number;
  readonly end: number;
  readonly old: number;
  readonly next: number;
}

/**
 * The change of `first` followed by `second`, or null when they cancel out.
 *
 * @throws InvalidDiff when they change different planes.
 * @throws DivergingDiff when `second` does not start from what `first` left.
 */
export function composeDiffs(first: LabelDiff, second: LabelDiff): LabelDiff | null {
  if (first.compartment !== second.compartment || first.frame !== second.frame) {
    throw new InvalidDiff("Two label diffs of different planes cannot become one.");
  }
  const segments = new SegmentList();
  const a = new Pieces(first);
  const b = new Pieces(second);
  while (a.piece !== null || b.piece !== null) {
    step(a, b, segments);
  }
  return diffOfSegments(segments, { compartment: first.compartment, frame: first.frame });
}

/** Moves over the pixels up to the next place where either list starts or ends a piece. */
function step(a: Pieces, b: Pieces, segments: SegmentList): void {
  const p = a.piece;
  const q = b.piece;
  if (p === null || (q !== null && isBefore(q, p))) {
    addPart(segments, q as Piece, b.takeUntil(p));
  } else if (q === null || isBefore(p, q)) {
    addPart(segments, p, a.takeUntil(q));
  } else {
    const end = Math.min(p.end, q.end);
    if (p.next !== q.old) {
      throw new DivergingDiff({ row: p.row, col: p.col, expected: q.old, found: p.next });
    }
    if (p.old !== q.next) {
      segments.add(p.row, p.col, end - p.col, p.old, q.next);
    }
    a.advanceTo(end);
    b.advanceTo(end);
  }
}

function isBefore(p: Piece, q: Piece): boolean {
  return p.row < q.row || (p.row === q.row && p.col < q.col);
}

function addPart(segments: SegmentList, piece: Piece, end: number): void {
  segments.add(piece.row, piece.col, end - piece.col, piece.old, piece.next);
}

/** The pieces of a diff, eaten from the front. */
class Pieces {
  private readonly all: Piece[] = [];
  private at = 0;
  piece: Piece | null;

  constructor(diff: LabelDiff) {
    visitSegments(diff, (row, col, length, old, next) => {
      this.all.push({ row, col, end: col + length, old, next });
    });
    this.piece = this.all[0] ?? null;
  }

  /** Eats up to the start of the other's piece, or to the own end, and says how far it came. */
  takeUntil(other: Piece | null): number {
    const piece = this.piece as Piece;
    const stopsShort = other !== null && other.row === piece.row && other.col < piece.end;
    const end = stopsShort ? other.col : piece.end;
    this.advanceTo(end);
    return end;
  }

  advanceTo(col: number): void {
    const piece = this.piece as Piece;
    if (col < piece.end) {
      this.piece = { ...piece, col };
    } else {
      this.at += 1;
      this.piece = this.all[this.at] ?? null;
    }
  }
}
