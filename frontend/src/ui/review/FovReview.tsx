import { useState } from "react";
import type { Finding, Fov, ReviewerApi } from "../../api";
import { Button } from "../components/Button";
import { Loaded } from "../components/Loaded";
import { Failure } from "../components/Notice";
import { StatePill } from "../components/Pill";
import { byCompartment, formatCount } from "../format";
import { useAction } from "../hooks/useAction";
import { useResource } from "../hooks/useResource";
import { saveFile } from "../ports/save-file";
import { pageStrings } from "../strings-pages";
import { reviewStrings } from "../strings-review";
import { DecisionForm } from "./DecisionForm";
import { FindingsCard } from "./FindingsCard";
import { FovPicture } from "./FovPicture";
import { StitchCard } from "./StitchCard";
import { StitchFailure } from "./StitchFailure";

const text = reviewStrings;

/** One FOV: its picture, what the checks found, how it was stitched, and the decision. */
export function FovReview({ api, fovId }: { api: ReviewerApi; fovId: number }) {
  const fov = useResource(`fov/${fovId}`, () => api.fov(fovId));
  const [marked, setMarked] = useState<Finding | null>(null);
  return (
    <>
      <a href={fov.data ? `#/projects/${fov.data.project_id}` : "#/"}>← {text.back}</a>
      <Loaded resource={fov}>
        {(found) => (
          <>
            <FovHead api={api} fov={found} />
            <StitchFailure api={api} fov={found} onSent={fov.reload} />
            <div className="columns">
              <FovPicture api={api} fov={found} mark={marked} />
              <div className="form">
                <DecisionForm api={api} fov={found} onDecided={fov.reload} />
                <StitchCard api={api} fov={found} />
              </div>
            </div>
            <FindingsCard api={api} fov={found} marked={marked} onMark={setMarked} />
          </>
        )}
      </Loaded>
    </>
  );
}

function FovHead({ api, fov }: { api: ReviewerApi; fov: Fov }) {
  const download = useAction(async () =>
    saveFile(await api.labelsFile(fov.id), `${fov.name}-labels.npz`),
  );
  const counts = byCompartment(fov.current_revision?.counts ?? {});
  return (
    <div className="page-title">
      <h1>
        {fov.name} <StatePill state={fov.state} words={pageStrings.states.fov} />
      </h1>
      <dl className="figures">
        {counts.map(([name, count]) => (
          <div className="figure" key={name}>
            <dt>{name}</dt>
            <dd>{formatCount(count)}</dd>
          </div>
        ))}
      </dl>
      {fov.current_revision && (
        <Button small disabled={download.pending} onClick={() => download.run()}>
          {text.downloadLabels}
        </Button>
      )}
      {download.error && <Failure message={download.error.message} />}
    </div>
  );
}
