import { useState } from "react";
import type { Fov, ReviewerApi } from "../../api";
import { Button } from "../components/Button";
import { Banner, Failure } from "../components/Notice";
import { useAction } from "../hooks/useAction";
import { covers, useUser } from "../hooks/useServices";
import { reviewStrings } from "../strings-review";

const text = reviewStrings.stitch;

interface StitchFailureProps {
  api: ReviewerApi;
  fov: Fov;
  onSent: () => void;
}

/** Why an FOV is not stitched, and for admins another try. */
export function StitchFailure({ api, fov, onSent }: StitchFailureProps) {
  const user = useUser();
  const [sent, setSent] = useState(false);
  const again = useAction(async () => {
    await api.stitchAgain(fov.id);
    setSent(true);
    onSent();
  });
  const failure = fov.stitch_failure;
  if (!failure) return sent ? <Banner tone="success">{text.sent}</Banner> : null;
  const button = covers(user.role, "admin") && (
    <Button small disabled={again.pending} onClick={() => again.run()}>
      {text.tryAgain}
    </Button>
  );
  return (
    <>
      <Banner tone="error" actions={button}>
        {text.failed(failure.attempts, failure.message)}{" "}
        {failure.given_up ? text.givenUp : text.goesOn}
      </Banner>
      {again.error && <Failure message={again.error.message} />}
    </>
  );
}
