import type { Message } from "./src/say";

export function messagesIn(text: string): Record<string, Message>;
export const languages: Readonly<Record<string, Readonly<Record<string, Message>>>>;
