import { type ComponentType, type LazyExoticComponent, lazy } from "react";
import { Banner } from "../components/Notice";
import { embedStrings } from "../strings-embed";

/**
 * A part whose script follows the first paint. Where it cannot be loaded, as without a network, that
 * is said in its place: the crop and what is unsaved of it stay as they are.
 */
export function late<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(async () => {
    try {
      return { default: await load() };
    } catch {
      return { default: NotLoaded };
    }
  });
}

function NotLoaded() {
  return (
    <div className="not-loaded">
      <Banner tone="warning">{embedStrings.notLoaded}</Banner>
    </div>
  );
}
