/** What is loaded right after the first paint. */
export { ChecksOver } from "../checks/ChecksOver";
export { downloadWork } from "../download";
export { MarksLayer } from "../overlay/MarksLayer";
export { NoteEditor } from "../overlay/NoteEditor";
export { SidePanel } from "./SidePanel";
