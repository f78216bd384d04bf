import { useEffect, useRef, useState } from "react";
import type { Finding, Fov, ReviewerApi } from "../../api";
import { Failure, Loading } from "../components/Notice";
import { usePicture } from "../hooks/usePicture";
import { reviewStrings } from "../strings-review";

const text = reviewStrings;
const PICTURE_PX = 1024;

interface FovPictureProps {
  api: ReviewerApi;
  fov: Fov;
  mark: Finding | null;
}

/** The picture of an FOV, with or without label outlines, and a ring around the chosen finding. */
export function FovPicture({ api, fov, mark }: FovPictureProps) {
  const [labels, setLabels] = useState(true);
  // Once both were shown, both are kept: to compare them, one has to be able to look to and fro.
  const [wasBare, setWasBare] = useState(false);
  return (
    <section className="card" aria-label={text.picture(fov.name)}>
      <label className="check">
        <input
          type="checkbox"
          checked={labels}
          onChange={(event) => {
            setLabels(event.target.checked);
            setWasBare(true);
          }}
        />
        {text.showLabels}
      </label>
      <div hidden={!labels}>
        <Picture api={api} fov={fov} mark={mark} labels />
      </div>
      {wasBare && (
        <div hidden={labels}>
          <Picture api={api} fov={fov} mark={mark} labels={false} />
        </div>
      )}
    </section>
  );
}

function Picture({ api, fov, mark, labels }: FovPictureProps & { labels: boolean }) {
  const key = `preview/${fov.id}/${fov.current_revision?.id}/${labels}`;
  const picture = usePicture(key, () => api.preview(fov.id, { labels, size: PICTURE_PX }));
  const ring = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (mark) ring.current?.scrollIntoView?.({ block: "center", behavior: "smooth" });
  }, [mark]);
  return (
    <>
      {picture.error && <Failure message={picture.error.message} onRetry={picture.reload} />}
      {picture.data ? (
        <div className="picture">
          <img src={picture.data} alt={text.picture(fov.name)} />
          {mark && (
            <span
              ref={ring}
              className="picture-mark"
              data-testid="mark"
              style={{
                left: `${(100 * (mark.col + 0.5)) / fov.n_columns}%`,
                top: `${(100 * (mark.row + 0.5)) / fov.n_rows}%`,
              }}
            />
          )}
        </div>
      ) : (
        !picture.error && <Loading label={text.pictureLoading} />
      )}
    </>
  );
}
