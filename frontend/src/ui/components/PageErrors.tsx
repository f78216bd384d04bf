import { Component, type ReactNode } from "react";
import { strings } from "../strings";
import { Failure } from "./Notice";

/** The outermost boundary: a fault of the page itself is shown, never a blank screen. */
export class PageErrors extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <main className="sign-in">
        <Failure message={strings.common.unexpected} onRetry={() => window.location.reload()} />
      </main>
    );
  }
}
