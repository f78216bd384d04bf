import type { Camera, Draft } from "../../../engine";
import type { PixelWindow } from "../../../model";

type Span = Extract<Draft, { kind: "area" }>["spans"][number];

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
    case "box":
      return <BoxShape window={draft.window} camera={camera} />;
    case "area":
      return (
        <>
          <path className="draft-area" d={areaPath(draft.spans, camera)} />
          {draft.window && <BoxShape window={draft.window} camera={camera} />}
        </>
      );
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

function BoxShape({ window, camera }: { window: PixelWindow; camera: Camera }) {
  const { zoom, left, top } = camera;
  return (
    <rect
      className="draft"
      x={(window.col - left) * zoom}
      y={(window.row - top) * zoom}
      width={window.width * zoom}
      height={window.height * zoom}
    />
  );
}

/** Every span as a rectangle of one pixel's height. */
function areaPath(spans: readonly Span[], { zoom, left, top }: Camera): string {
  const size = zoom.toFixed(2);
  return spans
    .map(([row, start, end]) => {
      const [x, y, width] = [(start - left) * zoom, (row - top) * zoom, (end - start) * zoom];
      return `M${x.toFixed(1)} ${y.toFixed(1)}h${width.toFixed(1)}v${size}h${(-width).toFixed(1)}z`;
    })
    .join("");
}
