/** The editor: the one object that the user interface talks to, in front of an `EditorSession`. */
import { addDaughter, removeDaughter } from "./actions-divisions";
import { openNote, removeMark, saveNote, typeSelected } from "./actions-marks";
import type { Editor } from "./editor-api";
import type { EditorOptions } from "./editor-options";
import { EditorSession } from "./session";

/**
 * Opens an editor on a crop.
 *
 * @throws InvalidLabels when the label images have no or different shapes.
 * @throws InvalidDiff when an edit of `log` cannot be read.
 */
export function createEditor(options: EditorOptions): Editor {
  const session = new EditorSession(options);
  const { store, display, document, log, operator, steps, toolbox } = session;
  return {
    state: store,
    ready: session.ready,
    attach: (canvas, size) => store.batch(() => display.attach(canvas, size)),
    resize: (viewport) => display.resize(viewport),
    dispatch: (input) => session.dispatch(input),
    run: (commandId) => session.run(commandId),
    loadChannel: (index, data) => display.loadChannel(index, data),
    setChannel: (index, settings) => display.setChannel(index, settings),
    autoContrast: (index) => display.autoContrast(index),
    setView: (settings) => session.setView(settings),
    setTool: (tool) => session.setTool(tool),
    setBrushRadius: (radiusPx) => session.setBrushRadius(radiusPx),
    setWriteMode: (writeMode) => session.setWriteMode(writeMode),
    setContextBrush: (on) => session.setContextBrush(on),
    setToolOptions: (options) => session.work.setOptions(options),
    setDoubt: (scores) => session.review.setScores(scores),
    setActiveType: (id) => session.work.setActiveType(id),
    setType: (id) => steps.act((context) => typeSelected(context, id)),
    editNote: (id) => steps.act((context) => openNote(context, id)),
    saveNote: (text) => steps.act((context) => saveNote(context, text)),
    cancelNote: () => session.work.writeNote(null),
    deleteNote: (id) => steps.act((context) => removeMark(context, "note", id)),
    selectRegion: (id) => session.work.chooseRegion(id),
    deleteRegion: (id) => steps.act((context) => removeMark(context, "ignore", id)),
    addDaughter: (parent, daughter) =>
      steps.act((context) => addDaughter(context, parent, daughter)),
    removeDaughter: (division, daughter) =>
      steps.act((context) => removeDaughter(context, division, daughter)),
    goTo: (place) => session.goTo(place),
    cancelPrediction: (id) => void session.predictions.cancel(id),
    mark: (tool, values) => steps.act((context) => context.mark(tool, Object.entries(values))),
    marksNow: () => session.marks.all(),
    framesOf: (compartment, label) => document.framesOf(compartment, label),
    windowOf: (plane, label) => document.index(plane).get(label)?.window ?? null,
    setHidden: (labels) => session.setHidden(labels),
    setLabelValues: (values) => display.setLabelValues(values),
    minimap: (longestSidePx) => display.minimap(longestSidePx),
    visibleRect: () => display.visibleRect(),
    setCompartment: (name) => session.setCompartment(name),
    setFrame: (frame) => session.setFrame(frame),
    select: (label) => session.select(label),
    setCamera: (camera) => display.setCamera(camera),
    checksums: () => {
      toolbox.abort();
      return document.checksums();
    },
    lastSeq: () => log.lastSeq,
    flush: () => (operator.isBusy ? operator.idle().then(() => log.flush()) : log.flush()),
    retrySave: () => log.retry(),
    unsavedEdits: () => log.unsavedEdits(),
    discardUnsaved: () => log.discard(),
    onEdit: (listener) => session.onEdit(listener),
    dispose: () => session.dispose(),
  };
}
