/** The mark: a cell outline with its nucleus, open where the loop closes. */
export function Logo({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" aria-hidden="true">
      <path
        d="M20.4 9.2A9 9 0 1 1 15.6 3.7"
        stroke="var(--accent)"
        strokeWidth="2.2"
        strokeLinecap="round"
      />
      <path d="m15.2.9 1.5 3-3 1.5" stroke="var(--accent)" strokeWidth="2" strokeLinecap="round" />
      <circle cx="12.2" cy="12.6" r="3.6" fill="var(--ok)" />
    </svg>
  );
}
