/** What commands do with the work: each first ends, closes or takes back what a tool has begun. */
import { selectNeighbour } from "./actions";
import type { ReviewContext } from "./actions-review";
import type { EditorSession } from "./session";

export class Steps {
  private readonly session: EditorSession;
  private readonly context: ReviewContext;

  constructor(session: EditorSession, context: ReviewContext) {
    this.session = session;
    this.context = context;
  }

  /** What is unfinished loses its last step, or goes as a whole; only then is an edit undone. */
  undo(): boolean {
    const { toolbox, log } = this.session;
    return toolbox.back() || (this.canEditNow() && log.undo());
  }

  redo(): boolean {
    return this.canEditNow() && this.session.log.redo();
  }

  /** Ends an unfinished gesture, else lets go of what is in hand; else deselects. */
  escape(): boolean {
    const { toolbox, predictions } = this.session;
    if (!toolbox.abort() && !this.leaveMarks() && !predictions.cancel()) {
      this.session.select(0);
    }
    return true;
  }

  /** Closes an unfinished shape; false when there is none. */
  finish(): boolean {
    return this.session.toolbox.finish();
  }

  newLabel(): boolean {
    if (!this.canEditNow()) {
      return false;
    }
    this.session.select(this.session.document.nextLabel());
    this.session.setTool("brush");
    return true;
  }

  selectNeighbour(step: 1 | -1): boolean {
    return selectNeighbour(this.context, step) && this.session.showSelected();
  }

  /** Ends an unfinished gesture and does this; false when nothing may be edited now. */
  edit(action: (context: ReviewContext) => boolean): boolean {
    return this.canEditNow() && action(this.context);
  }

  /** An action that is no command. */
  act(action: (context: ReviewContext) => boolean): boolean {
    return this.session.store.batch(() => this.edit(action));
  }

  /** Ends an unfinished gesture and does this, which changes no pixel. */
  look(action: (context: ReviewContext) => boolean): boolean {
    this.session.toolbox.abort();
    return action(this.context);
  }

  /** Lets go of the note or the region in hand. */
  private leaveMarks(): boolean {
    const { work, store } = this.session;
    const { noteDraft, selectedRegion } = store.getSnapshot().work;
    work.writeNote(null);
    work.chooseRegion(null);
    return noteDraft !== null || selectedRegion !== null;
  }

  private canEditNow(): boolean {
    this.session.toolbox.abort();
    return this.session.store.getSnapshot().editable;
  }
}
