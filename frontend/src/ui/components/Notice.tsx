import type { ReactNode } from "react";
import { strings } from "../strings";
import { Button } from "./Button";

export function Loading({ label = strings.common.loading }: { label?: string }) {
  return (
    <div className="notice" role="status">
      <span className="spinner" aria-hidden="true" />
      <span>{label}</span>
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="notice">
      <strong>{title}</strong>
      {children && <div>{children}</div>}
    </div>
  );
}

export function Failure({ message, onRetry }: { message: string; onRetry?: () => void }) {
  return (
    <Banner
      tone="error"
      actions={
        onRetry && (
          <Button small onClick={onRetry}>
            {strings.common.retry}
          </Button>
        )
      }
    >
      {message}
    </Banner>
  );
}

export type Tone = "info" | "success" | "warning" | "error";

/** A message that stays until its cause is gone; problems are announced to screen readers at once. */
export function Banner(props: { tone: Tone; children: ReactNode; actions?: ReactNode }) {
  const urgent = props.tone === "error" || props.tone === "warning";
  return (
    <div className={`banner banner-${props.tone}`} role={urgent ? "alert" : "status"}>
      <div className="banner-text">{props.children}</div>
      {props.actions && <div className="actions">{props.actions}</div>}
    </div>
  );
}
