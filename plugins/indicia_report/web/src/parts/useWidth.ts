/** The width of a figure on the screen, so that its text keeps its size. */
import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

const NARROWEST = 240;

export function useWidth<T extends Element>(first: number, widest: number): { ref: RefObject<T | null>; width: number } {
  const ref = useRef<T>(null);
  const [width, setWidth] = useState(first);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    const measure = (): void => setWidth(Math.round(Math.min(widest, Math.max(NARROWEST, element.clientWidth || first))));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [first, widest]);
  return { ref, width };
}
