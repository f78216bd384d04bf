import { useState } from "react";
import { ApiError, type Fov, type ReviewerApi } from "../../api";
import { Button } from "../components/Button";
import { Field } from "../components/Field";
import { Banner, Failure } from "../components/Notice";
import { useAction } from "../hooks/useAction";
import { pageStrings } from "../strings-pages";
import { reviewStrings } from "../strings-review";

const text = reviewStrings.decision;
type Decision = "accepted" | "returned";

interface DecisionFormProps {
  api: ReviewerApi;
  fov: Fov;
  onDecided: () => void;
}

export function DecisionForm({ api, fov, onDecided }: DecisionFormProps) {
  const [notes, setNotes] = useState("");
  const [made, setMade] = useState<Decision | null>(null);
  const decide = useAction(async (decision: Decision) => {
    if (decision === "returned" && !notes.trim()) throw new Error(text.needNotes);
    const revision_id = fov.current_revision?.id;
    if (revision_id === undefined) return;
    try {
      await api.review(fov.id, { decision, revision_id, notes: notes.trim() });
    } catch (failure) {
      // It has other labels by now, or somebody decided: what is shown is not what would be judged.
      if (failure instanceof ApiError && failure.status === 409) onDecided();
      throw failure;
    }
    setMade(decision);
    onDecided();
  });
  const isOpen = fov.state === "stitched" && fov.current_revision !== null;
  return (
    <section className="card" aria-label={text.title}>
      <h2>{text.title}</h2>
      {made && <Banner tone="success">{text.done[made]}</Banner>}
      {decide.error && <Failure message={decide.error.message} />}
      {!isOpen && !made && (
        <p className="muted">{text.notOpen(pageStrings.states.fov[fov.state])}</p>
      )}
      {isOpen && !made && (
        <>
          <Field label={text.notes} hint={text.notesHint}>
            {(control) => (
              <textarea
                {...control}
                className="input"
                value={notes}
                onChange={(event) => setNotes(event.target.value)}
              />
            )}
          </Field>
          <div className="actions">
            <Button tone="primary" disabled={decide.pending} onClick={() => decide.run("accepted")}>
              {text.accept}
            </Button>
            <Button tone="danger" disabled={decide.pending} onClick={() => decide.run("returned")}>
              {text.return}
            </Button>
          </div>
        </>
      )}
    </section>
  );
}
