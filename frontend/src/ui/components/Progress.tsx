interface ProgressProps {
  label: string;
  /** 0 to 1. */
  fraction: number;
  caption?: string;
}

export function Progress({ label, fraction, caption }: ProgressProps) {
  // Rounded down: it is whole only when it is over. A product like 0.29 * 100 falls just short of its own.
  const percent = Math.floor(Math.min(1, Math.max(0, fraction)) * 100 + 1e-9);
  return (
    <div className="progress">
      <div
        className="progress-track"
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
      >
        <div
          className={percent === 100 ? "progress-bar progress-ok" : "progress-bar"}
          style={{ width: `${percent}%` }}
        />
      </div>
      {caption && <span className="progress-caption">{caption}</span>}
    </div>
  );
}
