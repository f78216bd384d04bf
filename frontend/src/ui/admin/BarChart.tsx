interface Bar {
  label: string;
  value: number;
}

const HEIGHT = 170;
const FLOOR = HEIGHT - 24;
const STEP = 76;
const BAR = 44;
const CEILING = 24;

/** Bars over a common zero with their values written on them; nothing when there are none. */
export function BarChart({ title, bars }: { title: string; bars: readonly Bar[] }) {
  if (bars.length === 0) return null;
  const top = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
  const width = Math.max(6, bars.length) * STEP + 10;
  const summary = bars.map(({ label, value }) => `${label}: ${value.toFixed(2)}`).join("; ");
  return (
    <figure className="chart-frame">
      <figcaption>{title}</figcaption>
      <svg
        width={width}
        height={HEIGHT}
        viewBox={`0 0 ${width} ${HEIGHT}`}
        className="chart"
        role="img"
        aria-label={`${title}. ${summary}`}
      >
        <line x1="0" x2={width} y1={FLOOR} y2={FLOOR} stroke="var(--border-strong)" />
        {bars.map(({ label, value }, index) => {
          const height = ((FLOOR - CEILING) * value) / top;
          const left = 10 + index * STEP;
          return (
            <g key={label} textAnchor="middle">
              <rect
                x={left}
                y={FLOOR - height}
                width={BAR}
                height={height}
                rx="3"
                fill="var(--accent)"
              />
              <text className="chart-value" x={left + BAR / 2} y={FLOOR - height - 6}>
                {value.toFixed(2)}
              </text>
              <text x={left + BAR / 2} y={FLOOR + 16}>
                {label}
              </text>
            </g>
          );
        })}
      </svg>
    </figure>
  );
}
