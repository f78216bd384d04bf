/** What tools and actions get to see of a session. */
import { pixelAt } from "../model";
import type { ReviewContext } from "./actions-review";
import { toolImage } from "./image-source";
import { Operator } from "./operator";
import type { WorkerPort } from "./ports";
import type { EditorSession } from "./session";

export function makeOperator(session: EditorSession, worker: WorkerPort | null): Operator {
  const { document, log, store, work } = session;
  return new Operator({
    document,
    worker,
    commit: (tool, diffs) => log.commit(tool, diffs),
    isEditable: () => store.getSnapshot().editable,
    onBusy: (tool) => work.showBusy(tool),
    onNotice: (notice) => work.say(notice),
    onLate: (apply) => store.batch(apply),
  });
}

export function makeContext(session: EditorSession): ReviewContext {
  const { document, display, log, operator, review, store, work } = session;
  return {
    document,
    operator,
    review,
    compartments: session.compartments,
    get snapshot() {
      return store.getSnapshot();
    },
    get plane() {
      return session.plane();
    },
    labelAt: (point) => document.labelAt(session.plane(), pixelAt(point)),
    select: (label) => session.select(label),
    showCompartment: (name) => session.setCompartment(name),
    introduce: (label, near) => display.introduce(label, near),
    touch: (window) => display.labelsChanged(window),
    commit: (tool, diffs) => log.commit(tool, diffs),
    setCamera: (camera) => display.setCamera(camera),
    draw: (draft) => work.draw(draft),
    say: (notice) => work.say(notice),
    image: () => toolImage(store.getSnapshot(), (index, frame) => display.raster(index, frame)),
    setChecked: (labels) => session.setChecked(labels),
    showSelected: () => session.showSelected(),
  };
}
