import { useState } from "preact/hooks";
import { usePage } from "../page";
import { write } from "../state";

/** Buttons that copy the address of the view, or an element that embeds it. */
export function Share() {
  const { state, model, say } = usePage();
  const [message, setMessage] = useState("");
  const address = (embed: boolean): string => new URL(write({ ...state, embed }, model), location.href).href;
  const copy = async (text: string): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setMessage(say("share.copied"));
    } catch {
      setMessage(text);
    }
  };
  const frame = (): string =>
    `<iframe src="${escape(address(true))}" title="${escape(document.title)}" width="100%" height="600"></iframe>`;
  return (
    <>
      <button type="button" onClick={() => copy(address(false))}>
        {say("share.link")}
      </button>
      <button type="button" onClick={() => copy(frame())}>
        {say("share.embed")}
      </button>
      <span role="status" class="copied">
        {message}
      </span>
    </>
  );
}

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
