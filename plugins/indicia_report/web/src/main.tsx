/** The start of the page: read the data, show the views, and take away what Python wrote for a page without script. */
import { render } from "preact";
import { App } from "./app";
import { scoresAt } from "./embedding";
import { readModel, type WrittenModel } from "./model";
import { Fallback, keepStatic } from "./parts/Fallback";
import { byLanguage, Speaker, type WrittenMessages } from "./say";
import { Store } from "./store";
import { findWritten } from "./written";

const json = (id: string): unknown => JSON.parse(document.getElementById(id)!.textContent!);

const model = readModel(json("model") as WrittenModel);
const messages = byLanguage(json("messages") as WrittenMessages);
const store = new Store(model);
const fixed = document.getElementById("static");
const language = messages[document.documentElement.lang] ? document.documentElement.lang : Object.keys(messages)[0];

window.indicia = { scores: (address) => scoresAt(store, address) };
keepStatic(fixed);
findWritten();
fixed?.remove();
document.documentElement.classList.add("script");
render(
  <Fallback message={new Speaker(messages, language).say("app.failed")} address="">
    <App store={store} messages={messages} language={language} />
  </Fallback>,
  document.getElementById("app")!,
);
performance.mark("ready");
