import {
  type FocusEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { closeFromOutside } from "../close-from-outside";
import { IconButton } from "../icons";

interface OneLineProps {
  label: string;
  /** The name of the button that shows what finds no place. */
  more: string;
  children: ReactNode;
}

/**
 * A toolbar of one line, whatever stands in it: what finds no place is shown over the crop, which so
 * never moves, when the button at its end is pressed or when the keyboard gets there.
 */
export function OneLine({ label, more, children }: OneLineProps) {
  const place = useRef<HTMLDivElement>(null);
  const row = useRef<HTMLDivElement>(null);
  const [hasMore, setHasMore] = useState(false);
  const [open, setOpen] = useState(false);
  const measure = useCallback(() => {
    const isBroken = isBelow(row.current, row.current?.lastElementChild);
    setHasMore(isBroken);
    if (!isBroken) setOpen(false);
  }, []);
  // What stands in it may be other things after any rendering.
  useLayoutEffect(measure);
  useEffect(() => {
    if (!row.current) return;
    const observer = new ResizeObserver(measure);
    observer.observe(row.current);
    return () => observer.disconnect();
  }, [measure]);
  useEffect(
    () => (open ? closeFromOutside(place.current, () => setOpen(false)) : undefined),
    [open],
  );
  const showFocused = ({ target }: FocusEvent) => {
    if (isBelow(row.current, target)) setOpen(true);
  };
  return (
    <div className="tool-options" ref={place} data-more={hasMore} data-open={open}>
      <div className="one-line" role="toolbar" aria-label={label} ref={row} onFocus={showFocused}>
        {children}
      </div>
      {hasMore && (
        <IconButton
          icon="more"
          label={more}
          expanded={open}
          onClick={() => setOpen((before) => !before)}
        />
      )}
    </div>
  );
}

/** True for what stands in another line than the first one. */
function isBelow(row: HTMLElement | null, element: Element | null | undefined): boolean {
  const first = row?.firstElementChild?.getBoundingClientRect();
  return first !== undefined && !!element && element.getBoundingClientRect().top >= first.bottom;
}
