import { embedStrings } from "../strings-embed";

/** What the job asks for, as plain text: nothing in it is ever run or drawn as HTML. */
export function Instructions({ text }: { text: string }) {
  if (!text.trim()) return null;
  return (
    <details className="instructions" open>
      <summary>{embedStrings.actions.instructions}</summary>
      <p>{text}</p>
    </details>
  );
}
