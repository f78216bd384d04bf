import type { Preview } from "../../api";
import { Banner } from "../components/Notice";
import { strings } from "../strings";
import { adminStrings } from "../strings-admin";

const text = adminStrings.fovs;

/** What would be read of a file, in words and as a picture. */
export function PreviewCard({ preview }: { preview: Preview }) {
  const facts: [string, string][] = [
    [text.axes, preview.axes || strings.common.none],
    [text.shape, preview.shape.join(" × ")],
    [text.dtype, preview.dtype],
    [text.labels, preview.compartments.join(", ") || strings.common.none],
  ];
  return (
    <div className="preview">
      {preview.preview_png && (
        <img src={`data:image/png;base64,${preview.preview_png}`} alt={text.preview} />
      )}
      <div className="form">
        <h3>{text.willRead}</h3>
        <dl className="facts">
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd className="number">{value}</dd>
            </div>
          ))}
        </dl>
        {preview.warnings.map((warning) => (
          <Banner key={warning} tone="warning">
            {warning}
          </Banner>
        ))}
      </div>
    </div>
  );
}
