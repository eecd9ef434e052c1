/** Whether a table is wider than its box: only then does the box scroll, since the heads of its columns then cannot stick. */
import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

export function useOverflow(): { box: RefObject<HTMLDivElement | null>; isWide: boolean } {
  const box = useRef<HTMLDivElement>(null);
  const [isWide, setWide] = useState(false);
  useLayoutEffect(() => {
    const element = box.current;
    const table = element?.querySelector("table");
    if (!element || !table) return undefined;
    const measure = (): void => setWide(table.offsetWidth > element.clientWidth + 1);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    observer.observe(table);
    return () => observer.disconnect();
  }, []);
  return { box, isWide };
}
