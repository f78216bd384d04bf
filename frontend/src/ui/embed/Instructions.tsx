import { useMemo } from "react";
import { embedStrings } from "../strings-embed";
import { type Block, type Inline, parseMarkdown } from "./markdown";

/** What the job asks for: a small part of Markdown, drawn as elements and never as HTML. */
export function Instructions({ text }: { text: string }) {
  const blocks = useMemo(() => parseMarkdown(text), [text]);
  if (blocks.length === 0) return null;
  return (
    <details className="instructions" open>
      <summary>{embedStrings.actions.instructions}</summary>
      {blocks.map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the text never changes while it is shown.
        <BlockView key={index} block={block} />
      ))}
    </details>
  );
}

function BlockView({ block }: { block: Block }) {
  if (block.kind === "list") {
    const items = block.items.map((item, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: the text never changes while it is shown.
      <li key={index}>
        <InlineView content={item} />
      </li>
    ));
    return block.isOrdered ? <ol>{items}</ol> : <ul>{items}</ul>;
  }
  const content = <InlineView content={block.content} />;
  return block.kind === "heading" ? <h3>{content}</h3> : <p>{content}</p>;
}

function InlineView({ content }: { content: readonly Inline[] }) {
  return content.map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the text never changes while it is shown.
    <InlinePart key={index} part={part} />
  ));
}

function InlinePart({ part }: { part: Inline }) {
  switch (part.kind) {
    case "text":
      return part.text;
    case "strong":
      return <strong>{part.text}</strong>;
    case "em":
      return <em>{part.text}</em>;
    case "code":
      return <code>{part.text}</code>;
    case "link":
      return (
        <a href={part.href} target="_blank" rel="noopener noreferrer nofollow">
          {part.text}
        </a>
      );
  }
}
