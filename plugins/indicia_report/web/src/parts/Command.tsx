import { useState } from "preact/hooks";
import { recipe } from "../command";
import { usePage } from "../page";

/** What gives the same scores on the command line, once it is opened. */
export function Command() {
  const page = usePage();
  const [isOpen, setOpen] = useState(false);
  const found = isOpen ? recipe(page.store, page.state.setting) : null;
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{page.say("whatif.command")}</summary>
      {found && <p class="quiet small">{page.say(found.command ? "whatif.run" : "whatif.lines")}</p>}
      {found && <code class="command">{found.command ?? found.lines}</code>}
      {isOpen && !found && <p>{page.say("whatif.no_command")}</p>}
    </details>
  );
}
