import { render, screen } from "@testing-library/react";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Instructions } from "../../src/ui/embed/Instructions";
import { parseMarkdown } from "../../src/ui/embed/markdown";

/** Every character that is to be read, without marks. */
function wordsOf(text: string): string {
  const blocks = parseMarkdown(text);
  const parts = blocks.flatMap((block) => (block.kind === "list" ? block.items : [block.content]));
  return parts.map((inline) => inline.map((part) => part.text).join("")).join("|");
}

// The same examples in every run.
fc.configureGlobal({ seed: 1 });

describe("the small Markdown", () => {
  it("knows headings, paragraphs, lists and marks", () => {
    const text = `# Cells
Outline **every** cell
and _each_ nucleus.

- use \`B\`
* mind the [rules](https://example.org/rules)
1. first
2. second`;
    const { container } = render(<Instructions text={text} />);
    expect(container.querySelector("h3")?.textContent).toBe("Cells");
    expect(container.querySelector("p")?.textContent).toBe("Outline every cell\nand each nucleus.");
    expect(container.querySelectorAll("ul li").length).toBe(2);
    expect(container.querySelectorAll("ol li").length).toBe(2);
    expect(container.querySelector("strong")?.textContent).toBe("every");
    expect(container.querySelector("em")?.textContent).toBe("each");
    expect(container.querySelector("code")?.textContent).toBe("B");
    const link = screen.getByRole<HTMLAnchorElement>("link", { name: "rules" });
    expect([link.href, link.rel]).toEqual([
      "https://example.org/rules",
      "noopener noreferrer nofollow",
    ]);
  });

  it.each([
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[press](javascript:alert(1))",
    "[press](data:text/html,x)",
  ])("leaves %s as the text it is", (text) => {
    const { container } = render(<Instructions text={text} />);
    expect(container.querySelectorAll("script, img, a").length).toBe(0);
    expect(container.textContent).toContain(text);
  });

  it("shows nothing for nothing", () => {
    const { container } = render(<Instructions text={" \n\n "} />);
    expect(container.textContent).toBe("");
  });

  it("ends for any text, and text without marks comes out as it went in", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => parseMarkdown(text).length >= 0),
    );
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zA-Z<>&"' ,.;]{1,60}$/), (text) => {
        expect(wordsOf(text)).toBe(text.trim());
      }),
    );
  });
});
