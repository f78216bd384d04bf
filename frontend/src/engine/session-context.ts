/** What tools and actions get to see of a session. */
import { type MarkBook, pixelAt } from "../model";
import type { ReviewContext } from "./actions-review";
import { toolImage } from "./image-source";
import { marksOfRenaming } from "./mark-follow";
import { Operator } from "./operator";
import type { Scheduler, WorkerPort } from "./ports";
import type { EditorSession } from "./session";

export function makeOperator(session: EditorSession, worker: WorkerPort | null): Operator {
  const { document, store, work } = session;
  return new Operator({
    document,
    worker,
    commit: (tool, diffs, said) => session.commit(tool, diffs, said),
    isEditable: () => store.getSnapshot().editable,
    onBusy: (tool) => work.showBusy(tool),
    onNotice: (notice) => work.say(notice),
    onLate: (apply) => store.batch(apply),
  });
}

const ID_LETTERS = 9;

export function makeContext(session: EditorSession, scheduler: Scheduler): ReviewContext {
  const { document, display, marks, operator, review, store, work } = session;
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
    commit: (tool, diffs, said) => session.commit(tool, diffs, said),
    mark: (tool, said) => session.mark(tool, said),
    marksOfRenaming: (renaming) => marksOfRenaming(document, marks, renaming),
    newId: () => newId(marks, scheduler),
    writeNote: (draft) => work.writeNote(draft),
    useType: (type) => work.setActiveType(type),
    chooseRegion: (id) => work.chooseRegion(id),
    goTo: (place) => session.goTo(place),
    predict: (box) => session.predictions.ask(box),
    setCamera: (camera) => display.setCamera(camera),
    draw: (draft) => work.draw(draft),
    tuneWand: (wandTolerance) => work.setOptions({ wandTolerance }),
    say: (notice) => work.say(notice),
    image: () => toolImage(store.getSnapshot(), (index, frame) => display.raster(index, frame)),
    showSelected: () => session.showSelected(),
  };
}

/** Free, and hardly ever the same as one that another tab makes. */
function newId(marks: MarkBook, scheduler: Scheduler): string {
  const start = Math.floor(scheduler.random() * 36 ** ID_LETTERS);
  for (let n = start; ; n++) {
    const id = n.toString(36);
    if (marks.get(`note/${id}`) === null && marks.get(`ignore/${id}`) === null) {
      return id;
    }
  }
}
