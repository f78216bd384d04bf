import type { OpenCrop } from "../open-crop";

export interface MarkPanelProps {
  crop: OpenCrop;
  /** Runs a command of the editor or the page. */
  run: (command: string) => void;
}
