/** What is loaded after the first paint: all that stands beside the crop, and the editor of notes. */
export { NoteEditor } from "../overlay/NoteEditor";
export { SidePanel } from "./SidePanel";
