import { type FormEvent, type ReactNode, useCallback, useState } from "react";
import type { AdminApi, Project } from "../../../api";
import { Button } from "../../components/Button";
import { Banner, Failure } from "../../components/Notice";
import { type Action, useAction } from "../../hooks/useAction";
import { settingsStrings } from "../../strings-settings";

const text = settingsStrings;

export type Settings = Project["settings"];

export interface CardProps {
  api: AdminApi;
  project: Project;
  onChanged: () => void;
}

export interface Saving extends Action<[Partial<Settings>]> {
  readonly saved: boolean;
  /** Something changed that is not saved yet. */
  readonly touch: () => void;
}

/** Saves some settings of the project, and knows how that went; `onSaved` gets them as the server holds them. */
export function useSaving(
  { api, project, onChanged }: CardProps,
  onSaved?: (settings: Settings) => void,
): Saving {
  const [saved, setSaved] = useState(false);
  const action = useAction(async (settings: Partial<Settings>) => {
    setSaved(false);
    const changed = await api.changeSettings(project.id, settings);
    setSaved(true);
    onSaved?.(changed.settings);
    onChanged();
  });
  const touch = useCallback(() => setSaved(false), []);
  return { ...action, saved, touch };
}

interface SettingCardProps {
  title: string;
  lead: string;
  saving: Saving;
  /** A fault that no field shows. */
  fault: string | null;
  onSave: () => void;
  children: ReactNode;
}

/** One setting with its own button: what the server refuses stays beside what it is about. */
export function SettingCard({ title, lead, saving, fault, onSave, children }: SettingCardProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSave();
  };
  return (
    <form className="card" aria-label={title} onSubmit={submit} onChange={saving.touch} noValidate>
      <h2>{title}</h2>
      <p className="muted">{lead}</p>
      {children}
      {fault && <Failure message={fault} />}
      {saving.saved && !saving.pending && <Banner tone="success">{text.saved}</Banner>}
      <div className="actions">
        <Button type="submit" tone="primary" disabled={saving.pending}>
          {saving.pending ? text.saving : text.save}
        </Button>
      </div>
    </form>
  );
}
