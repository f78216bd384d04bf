/**
 * A small and safe part of Markdown: headings, paragraphs, lists, bold, italic, code and links to
 * http(s) addresses. The result is data; nothing in it is ever taken as HTML.
 */

export type Inline =
  | { readonly kind: "text" | "strong" | "em" | "code"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string };

export type Block =
  | { readonly kind: "heading" | "paragraph"; readonly content: readonly Inline[] }
  | {
      readonly kind: "list";
      readonly isOrdered: boolean;
      readonly items: readonly (readonly Inline[])[];
    };

const HEADING = /^#{1,6}\s+(.*)$/;
const ITEM = /^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/;

export function parseMarkdown(text: string): readonly Block[] {
  const blocks: Block[] = [];
  for (const lines of paragraphsOf(text)) {
    blocks.push(...blocksOf(lines));
  }
  return blocks;
}

/** Lines between empty lines. */
function paragraphsOf(text: string): readonly string[][] {
  return text
    .split(/\r?\n[ \t]*(?:\r?\n)+/)
    .map((part) => part.split(/\r?\n/).filter((line) => line.trim() !== ""))
    .filter((lines) => lines.length > 0);
}

function blocksOf(lines: readonly string[]): readonly Block[] {
  const blocks: Block[] = [];
  let open: string[] = [];
  const close = () => {
    if (open.length > 0) blocks.push({ kind: "paragraph", content: parseInline(open.join("\n")) });
    open = [];
  };
  for (const line of lines) {
    const heading = HEADING.exec(line)?.[1];
    const item = ITEM.exec(line);
    if (heading !== undefined) {
      close();
      blocks.push({ kind: "heading", content: parseInline(heading) });
    } else if (item) {
      close();
      addItem(blocks, { isOrdered: item[1] !== undefined, text: item[2] ?? "" });
    } else {
      open.push(line.trim());
    }
  }
  close();
  return blocks;
}

function addItem(blocks: Block[], { isOrdered, text }: { isOrdered: boolean; text: string }): void {
  const last = blocks.at(-1);
  const content = parseInline(text);
  if (last?.kind === "list" && last.isOrdered === isOrdered) {
    blocks[blocks.length - 1] = { ...last, items: [...last.items, content] };
  } else {
    blocks.push({ kind: "list", isOrdered, items: [content] });
  }
}

const MARKS =
  /`([^`]+)`|\*\*([^*]+)\*\*|__([^_]+)__|\*([^*\s][^*]*)\*|\b_([^_]+)_\b|\[([^\]]+)\]\((https?:\/\/[^\s()]+)\)/g;

function parseInline(text: string): readonly Inline[] {
  const parts: Inline[] = [];
  let end = 0;
  for (const found of text.matchAll(MARKS)) {
    if (found.index > end) parts.push({ kind: "text", text: text.slice(end, found.index) });
    parts.push(marked(found));
    end = found.index + found[0].length;
  }
  if (end < text.length) parts.push({ kind: "text", text: text.slice(end) });
  return parts;
}

function marked([
  whole,
  code,
  bold,
  bold2,
  italic,
  italic2,
  label,
  href,
]: RegExpMatchArray): Inline {
  if (code !== undefined) return { kind: "code", text: code };
  const strong = bold ?? bold2;
  if (strong !== undefined) return { kind: "strong", text: strong };
  const em = italic ?? italic2;
  if (em !== undefined) return { kind: "em", text: em };
  return { kind: "link", text: label ?? whole, href: href ?? "" };
}
