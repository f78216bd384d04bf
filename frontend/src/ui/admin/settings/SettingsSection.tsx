import { settingsStrings } from "../../strings-settings";
import type { SectionProps } from "../ProjectPage";
import { CellTypesCard } from "./CellTypesCard";
import { ShrinkCard } from "./ShrinkCard";
import { ThresholdsCard } from "./ThresholdsCard";
import { ViewPresetsCard } from "./ViewPresetsCard";

const text = settingsStrings;
const SUBMIT_CHECKS = { min_area_px: 15, min_covered: 0.5, min_bright_area_px: 80 };
const QC = {
  min_area_px: 15,
  min_cells: 20,
  max_hole_px: 0,
  max_outside: 0.2,
  seam_px: 8,
  seam_share: 0.6,
  size_z: 5,
  shape_z: 6,
  min_outlier_cells: 20,
};

/** What the project sets for annotators, for its automatic checks and for its predictor. */
export default function SettingsSection(props: SectionProps) {
  return (
    <>
      <CellTypesCard {...props} />
      <ThresholdsCard
        {...props}
        setting="submit_checks"
        labels={text.submitChecks}
        title={text.submitChecks.title}
        lead={text.submitChecks.lead}
        defaults={SUBMIT_CHECKS}
      />
      <ThresholdsCard
        {...props}
        setting="qc"
        labels={text.qc}
        title={text.qc.title}
        lead={text.qc.lead}
        defaults={QC}
      />
      <ShrinkCard {...props} />
      <ViewPresetsCard {...props} />
    </>
  );
}
