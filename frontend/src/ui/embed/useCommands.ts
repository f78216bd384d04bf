import { useCallback, useEffect, useRef } from "react";
import { type Editor, findCommand } from "../../engine";
import { embedStrings } from "../strings-embed";
import { isPageCommand, type PageCommand } from "./keys/actions";
import { listenToKeys } from "./keys/listen";
import { useKeymap } from "./keys/useKeys";

interface CommandsOptions {
  editor: Editor;
  /** While true, nothing runs. */
  locked: boolean;
  page: Readonly<Record<PageCommand, () => void>>;
  /** Told why a command did nothing. */
  say: (text: string) => void;
}

/** One way to run a command by its id, for buttons, menus and the palette; keys use it too. */
export function useCommands({ editor, locked, page, say }: CommandsOptions) {
  const keymap = useKeymap();
  const latest = useRef(page);
  latest.current = page;

  const run = useCallback(
    (id: string) => {
      if (isPageCommand(id)) {
        latest.current[id]();
      } else if (!editor.run(id) && editor.state.getSnapshot().work.notice === null) {
        say(embedStrings.notNow(findCommand(id)?.label ?? id));
      }
    },
    [editor, say],
  );
  useEffect(() => {
    if (locked) return;
    return listenToKeys(keymap.getSnapshot, {
      run,
      hold: (what, down) => editor.dispatch({ type: "hold", what, down }),
    });
  }, [editor, keymap, locked, run]);
  return run;
}
