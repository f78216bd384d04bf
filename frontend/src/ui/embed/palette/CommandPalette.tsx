import { type KeyboardEvent, useId, useState } from "react";
import { lateStrings } from "../../strings-embed-late";
import { Dialog } from "../Dialog";
import { ACTIONS, holdOf } from "../keys/actions";
import { useKeys } from "../keys/useKeys";
import { searchActions } from "./search";

const text = lateStrings.palette;
const COMMANDS = ACTIONS.filter(({ id }) => holdOf(id) === null && id !== "page.palette");

interface CommandPaletteProps {
  run: (command: string) => void;
  onClose: () => void;
}

/** Every command by a few letters of its name. */
export default function CommandPalette({ run, onClose }: CommandPaletteProps) {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const keys = useKeys();
  const listId = useId();
  const found = searchActions(COMMANDS, query);
  const chosen = found[at];

  const choose = (id: string) => {
    onClose();
    run(id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && found.length > 0) {
      event.preventDefault();
      setAt((at + step + found.length) % found.length);
    } else if (event.key === "Enter" && chosen) {
      event.preventDefault();
      choose(chosen.id);
    }
  };
  return (
    <Dialog title={text.title} onClose={onClose}>
      <input
        type="search"
        className="input"
        role="combobox"
        aria-expanded="true"
        aria-label={text.search}
        aria-controls={listId}
        aria-activedescendant={chosen && `${listId}-${chosen.id}`}
        placeholder={text.search}
        data-first
        value={query}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
      />
      <div className="palette-list" id={listId} role="listbox" aria-label={text.found}>
        {found.map((action, index) => (
          <div
            key={action.id}
            id={`${listId}-${action.id}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            ref={(element) => {
              if (index === at) element?.scrollIntoView?.({ block: "nearest" });
            }}
            onClick={() => choose(action.id)}
            onKeyDown={onKeyDown}
          >
            <span>{action.label}</span>
            <span className="muted">{lateStrings.groups[action.group]}</span>
            {keys.labelOf(action.id) && <kbd>{keys.labelOf(action.id)}</kbd>}
          </div>
        ))}
      </div>
      {found.length === 0 && <p className="muted">{text.nothing}</p>}
    </Dialog>
  );
}
