/** The rows of a long table that stand near the screen. */
import type { RefObject } from "preact";
import { useCallback, useLayoutEffect, useRef, useState } from "preact/hooks";

export const ROW_HEIGHT = 34;
/** Rows come and go in steps, so that most steps of a scroll change nothing. */
const STEP = 8;
const FIRST = 40;

export interface RowWindow {
  readonly body: RefObject<HTMLTableSectionElement | null>;
  readonly from: number;
  readonly to: number;
}

export function useWindow(count: number): RowWindow {
  const body = useRef<HTMLTableSectionElement>(null);
  const [[from, to], set] = useState<readonly [number, number]>([0, FIRST]);
  const look = useCallback(() => {
    if (!body.current) return;
    const above = -body.current.getBoundingClientRect().top / ROW_HEIGHT;
    const first = Math.max(0, Math.floor(above / STEP) * STEP - STEP);
    const last = Math.max(STEP, first + Math.ceil(innerHeight / ROW_HEIGHT) + 3 * STEP);
    set((old) => (old[0] === first && old[1] === last ? old : [first, last]));
  }, []);
  useLayoutEffect(() => {
    look();
    addEventListener("scroll", look, { passive: true });
    addEventListener("resize", look);
    return () => {
      removeEventListener("scroll", look);
      removeEventListener("resize", look);
    };
  }, [look, count]);
  return { body, from: Math.min(from, Math.max(0, count - STEP)), to: Math.min(to, count) };
}
