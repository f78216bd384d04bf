import { type FormEvent, useRef, useState } from "react";
import type { AdminApi, Job } from "../../api";
import { Button } from "../components/Button";
import { Failure } from "../components/Notice";
import { useAction } from "../hooks/useAction";
import { strings } from "../strings";
import { adminStrings } from "../strings-admin";

const text = adminStrings.jobs;

/** Makes the link by which one annotator works in one job. */
export function LaunchLinkForm({ api, job }: { api: AdminApi; job: Job }) {
  const [annotator, setAnnotator] = useState("");
  const [made, setMade] = useState<{ url: string; annotator: string } | null>(null);
  const create = useAction(async () => {
    const name = annotator.trim();
    if (!name) throw new Error(text.needAnnotator);
    const { url } = await api.launchLink(job.id, name);
    setMade({ url: new URL(url, window.location.origin).href, annotator: name });
    setAnnotator("");
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void create.run();
  };
  return (
    <div className="form">
      <form className="inline-form" onSubmit={submit}>
        <input
          className="input"
          aria-label={text.annotatorOf(job.name)}
          placeholder={text.annotator}
          value={annotator}
          maxLength={200}
          onChange={(event) => setAnnotator(event.target.value)}
        />
        <Button small type="submit" disabled={create.pending}>
          {text.link}
        </Button>
      </form>
      {create.error && <Failure message={create.error.message} />}
      {made && <CopyLink key={made.url} label={text.linkOf(made.annotator)} url={made.url} />}
    </div>
  );
}

function CopyLink({ label, url }: { label: string; url: string }) {
  const [copied, setCopied] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const copy = useAction(async () => {
    try {
      await navigator.clipboard.writeText(url);
    } catch (failure) {
      // Without HTTPS, and in some frames, there is no clipboard: the text is copied by hand, from a
      // field that has the focus.
      field.current?.focus();
      field.current?.select();
      throw failure;
    }
    setCopied(true);
  });
  return (
    <div className="copy-link">
      <input
        ref={field}
        className="input"
        readOnly
        aria-label={label}
        value={url}
        onFocus={(event) => event.target.select()}
      />
      <Button small onClick={() => copy.run()}>
        {copied ? strings.common.copied : strings.common.copy}
      </Button>
      {copy.error && <span role="status">{text.copyByHand}</span>}
    </div>
  );
}
