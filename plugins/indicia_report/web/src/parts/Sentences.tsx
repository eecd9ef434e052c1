import type { ComponentChildren } from "preact";
import { usePage } from "../page";

/** Sentences one after another, with the blank that the language puts between them. */
export function Sentences({ of }: { readonly of: readonly ComponentChildren[] }) {
  const { between } = usePage().speaker;
  return <>{of.filter((sentence) => sentence !== null).flatMap((sentence, at) => (at ? [between, sentence] : [sentence]))}</>;
}
