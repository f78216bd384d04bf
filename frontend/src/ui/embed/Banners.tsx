import { useEffect, useState } from "react";
import type { Editor } from "../../engine";
import { Button } from "../components/Button";
import { Banner } from "../components/Notice";
import { embedStrings } from "../strings-embed";
import type { OpenCrop } from "./open-crop";
import { useEditorState } from "./useEditorState";

const text = embedStrings.banner;

interface BannersProps {
  crop: OpenCrop;
  /** Why the last submit or skip failed, or null. */
  problem: string | null;
  onReload: () => void;
  onNext: () => void;
  onDownload: () => void;
}

/** What keeps work from being safe, said in words, each with its ways out. */
export function Banners(props: BannersProps) {
  const { crop, problem, onNext } = props;
  return (
    <div className="banners">
      <TabBanner crop={crop} onNext={onNext} />
      <RestoredBanner crop={crop} />
      <SaveBanner {...props} />
      {problem && <Banner tone="error">{text.staysOpen(problem)}</Banner>}
      <ChannelBanner crop={crop} />
    </div>
  );
}

/** A browser that is back, or a page that is looked at again, does not wait for the next attempt. */
function useRetryWhenBack(editor: Editor) {
  const isOffline = useEditorState(editor, (state) => state.save.kind === "offline");
  useEffect(() => {
    if (!isOffline) return;
    const retry = () => {
      if (document.visibilityState === "visible") editor.retrySave();
    };
    window.addEventListener("online", retry);
    document.addEventListener("visibilitychange", retry);
    return () => {
      window.removeEventListener("online", retry);
      document.removeEventListener("visibilitychange", retry);
    };
  }, [editor, isOffline]);
}

function SaveBanner({ crop, onReload, onNext, onDownload }: Omit<BannersProps, "problem">) {
  const { editor } = crop;
  const save = useEditorState(editor, (state) => state.save);
  useRetryWhenBack(editor);
  switch (save.kind) {
    case "offline":
      return (
        <Banner
          tone="warning"
          actions={
            <>
              <Button small onClick={() => editor.retrySave()}>
                {text.retry}
              </Button>
              <DownloadButton onClick={onDownload} />
            </>
          }
        >
          {text.offline(save.nUnsaved, save.message)} <NextTry at={save.retryAt} />
        </Banner>
      );
    case "conflict":
      return (
        <Banner
          tone="error"
          actions={
            <>
              <DownloadButton onClick={onDownload} />
              <Button small onClick={onReload}>
                {text.reload}
              </Button>
            </>
          }
        >
          {text.conflict(save.nUnsaved, save.message)}
        </Banner>
      );
    case "closed":
      return (
        <Banner
          tone="error"
          actions={
            <>
              <DownloadButton onClick={onDownload} />
              <Button small onClick={onNext}>
                {text.next}
              </Button>
            </>
          }
        >
          {text.closed(save.message)}
        </Banner>
      );
    case "saving":
    case "saved":
      return null;
  }
}

const TICK_MS = 1000;

/** When saving is tried again by itself; nothing once that moment has come. */
function NextTry({ at }: { at: number }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.ceil((at - now) / 1000);
  return seconds > 0 ? <span className="muted">{text.retryIn(seconds)}</span> : null;
}

/** What the crash journal brought back. */
function RestoredBanner({ crop }: Pick<BannersProps, "crop">) {
  const nRestored = useEditorState(crop.editor, (state) => state.nRestored);
  const [isUnderstood, setUnderstood] = useState(false);
  if (nRestored === 0 || isUnderstood) return null;
  return (
    <Banner
      tone="success"
      actions={
        <Button small onClick={() => setUnderstood(true)}>
          {text.understood}
        </Button>
      }
    >
      {text.restored(nRestored)}
    </Banner>
  );
}

function DownloadButton({ onClick }: { onClick: () => void }) {
  return (
    <Button small onClick={onClick}>
      {text.download}
    </Button>
  );
}

function ChannelBanner({ crop }: { crop: OpenCrop }) {
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let current = true;
    crop.channelsLoaded.catch((failure: Error) => current && setProblem(failure.message));
    return () => {
      current = false;
    };
  }, [crop]);
  if (!problem) return null;
  return <Banner tone="error">{text.channelFailed(problem)}</Banner>;
}

/** Another tab has the crop: said in words, with a way to take it over once that tab let go. */
function TabBanner({ crop, onNext }: Pick<BannersProps, "crop" | "onNext">) {
  const [isFree, setFree] = useState(false);
  useEffect(() => {
    let current = true;
    void crop.tab.freed.then(() => current && setFree(true));
    return () => {
      current = false;
    };
  }, [crop]);
  if (crop.tab.isHeld) return null;
  const takeOver = (
    <Button small onClick={onNext}>
      {embedStrings.otherTab.takeOver}
    </Button>
  );
  return (
    <Banner tone="warning" actions={isFree && takeOver}>
      {isFree ? embedStrings.otherTab.freed : embedStrings.otherTab.open}
    </Banner>
  );
}
