import type { Camera, Draft } from "../../../engine";

const MARK_PX = 5;

/** A shape in progress, in the canvas' CSS pixels. */
export function DraftShape({ draft, camera }: { draft: Draft; camera: Camera }) {
  const x = (col: number) => (col - camera.left) * camera.zoom;
  const y = (row: number) => (row - camera.top) * camera.zoom;
  switch (draft.kind) {
    case "path": {
      const points = draft.points.map((point) => `${x(point.x)},${y(point.y)}`).join(" ");
      return draft.closes ? (
        <polygon className="draft" points={points} />
      ) : (
        <polyline className="draft" points={points} />
      );
    }
    case "box": {
      const { row, col, height, width } = draft.window;
      return (
        <rect
          className="draft"
          x={x(col)}
          y={y(row)}
          width={width * camera.zoom}
          height={height * camera.zoom}
        />
      );
    }
    case "marks":
      return draft.pixels.map(({ row, col }) => (
        <circle
          key={`${row} ${col}`}
          className="draft"
          cx={x(col + 0.5)}
          cy={y(row + 0.5)}
          r={MARK_PX}
        />
      ));
  }
}
