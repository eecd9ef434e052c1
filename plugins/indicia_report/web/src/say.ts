/**
 * Sentences and numbers in the language of the reader.
 *
 * A message is a sentence with slots, `{unit} leads with {score}.`, or, where a number decides its form, a sentence for
 * each category of `Intl.PluralRules`, chosen by the slot `{count}`. `say` returns a text; `tell` takes elements as slots.
 */
import type { ComponentChildren } from "preact";
import type { Key } from "./keys";
import type { Text } from "./model";

export type { Key };
export type Message = string | Readonly<Record<string, string>>;
type Piece = string | { readonly slot: string };
export type Messages = Readonly<Record<string, Readonly<Record<string, Message>>>>;

/** The messages as Python writes them: the languages, and each message in these languages. */
export interface WrittenMessages {
  readonly languages: readonly string[];
  readonly messages: Readonly<Record<string, readonly (Message | null)[]>>;
}

export function byLanguage({ languages, messages }: WrittenMessages): Messages {
  const inLanguage = (at: number) => Object.entries(messages).flatMap(([key, forms]) => (forms[at] === null ? [] : [[key, forms[at]]]));
  return Object.fromEntries(languages.map((language, at) => [language, Object.fromEntries(inLanguage(at))]));
}

const SPACE = "\u00a0";
const MINUS = "−";
const NO_VALUE = "–";

export class Speaker {
  private readonly rules: Intl.PluralRules;
  private readonly formats = new Map<string, Intl.NumberFormat>();

  constructor(
    private readonly messages: Messages,
    readonly language: string,
    private readonly fallback: string = Object.keys(messages)[0],
  ) {
    this.rules = new Intl.PluralRules(supported(language));
  }

  /** What stands between two sentences: a blank, or nothing where full stops are as wide as a character. */
  get between(): string {
    return /^(zh|ja|yue)\b/.test(this.language) ? "" : " ";
  }

  /** A sentence; whole numbers in slots are written with the separators of the language. */
  say(key: Key, slots: Readonly<Record<string, string | number>> = {}): string {
    return this.template(key, slots)
      .map((piece) => (typeof piece === "string" ? piece : this.textOf(slots[piece.slot])))
      .join("");
  }

  /** A sentence with elements in its slots. */
  tell(key: Key, slots: Readonly<Record<string, ComponentChildren>>): ComponentChildren[] {
    return this.template(key, slots).map((piece) => {
      const value = typeof piece === "string" ? piece : slots[piece.slot];
      return typeof value === "number" ? this.textOf(value) : value;
    });
  }

  /** A text of the model, in the language or in the first language that it has. */
  text(text: Text | string | null | undefined): string {
    if (text === null || text === undefined || typeof text === "string") return text ?? "";
    return text[this.language] ?? text[this.fallback] ?? Object.values(text)[0] ?? "";
  }

  number(value: number, decimals = 0): string {
    if (value !== value || value === null) return NO_VALUE;
    const rounded = Math.abs(value) < 0.5 * 10 ** -decimals ? 0 : value;
    return this.format({ minimumFractionDigits: decimals, maximumFractionDigits: decimals }, rounded);
  }

  /** A number of which four digits count. */
  significant(value: number): string {
    if (value !== value || value === null) return NO_VALUE;
    return Math.abs(value) >= 1000 ? this.number(value) : this.format({ maximumSignificantDigits: 4 }, value);
  }

  /** All digits of a number. */
  exact(value: number, decimals?: number | null): string {
    if (value !== value || value === null) return NO_VALUE;
    if (decimals !== null && decimals !== undefined) return this.number(value, decimals);
    return this.format({ maximumSignificantDigits: 15 }, value);
  }

  signed(value: number, decimals: number): string {
    const text = this.number(value, decimals);
    return value > 0 && text !== this.number(0, decimals) ? `+${text}` : text;
  }

  /** A share as whole per cent; shares that would round to none or all are "< 1 %" and "> 99 %". */
  percent(share: number): string {
    if (share !== share) return NO_VALUE;
    if (share > 0 && share < 0.005) return `<${SPACE}1${SPACE}%`;
    if (share < 1 && share > 0.995) return `>${SPACE}99${SPACE}%`;
    return `${this.number(100 * share)}${SPACE}%`;
  }

  /** A share of weight, with one decimal. */
  share(share: number): string {
    return `${this.number(100 * share, 1)}${SPACE}%`;
  }

  /** A list, "A, B and C", of elements. */
  list(items: readonly ComponentChildren[]): ComponentChildren[] {
    const parts = new Intl.ListFormat(supported(this.language)).formatToParts(items.map((_, at) => String(at)));
    return parts.map(({ type, value }) => (type === "element" ? items[Number(value)] : value));
  }

  /** True if there is a message of this key. */
  has(key: string): key is Key {
    return key in (this.messages[this.fallback] ?? {});
  }

  private textOf(value: string | number | undefined): string {
    return typeof value === "number" ? this.number(value) : (value ?? "");
  }

  private template(key: Key, slots: Readonly<Record<string, unknown>>): Piece[] {
    const message: Message | undefined = this.messages[this.language]?.[key] ?? this.messages[this.fallback]?.[key];
    if (message === undefined) return [key];
    const form: string = typeof message === "string" ? message : (message[this.rules.select(Number(slots.count))] ?? message.other);
    // the parts at odd places are the names of slots
    return form.split(/\{(\w+)\}/).map((piece, at) => (at % 2 ? { slot: piece } : piece));
  }

  private format(options: Intl.NumberFormatOptions, value: number): string {
    const key = JSON.stringify(options);
    let format = this.formats.get(key);
    if (!format) {
      format = new Intl.NumberFormat(supported(this.language), { ...options, numberingSystem: "latn" });
      this.formats.set(key, format);
    }
    return format.format(value).replace("-", MINUS);
  }
}

/** British order and spelling of numbers and lists; a language that the browser does not know is written as English. */
function supported(language: string): string {
  if (language === "en") return "en-GB";
  try {
    return Intl.NumberFormat.supportedLocalesOf(language)[0] ?? "en-GB";
  } catch {
    return "en-GB";
  }
}
