import { describe, expect, it } from "vitest";
import { withTwoCells } from "./two-cells";
import { expectOneStep, withImage } from "./with-image";

describe("actions on the selected cell", () => {
  it.each([
    ["label.grow", 144],
    ["label.shrink", 64],
    ["label.smooth", 88],
  ])("%s", async (id, area) => {
    const test = await withTwoCells();
    const before = test.data().slice();
    test.editor.select(5);
    test.editor.setWriteMode("overwrite");
    test.command(id);
    expect(test.area(5)).toBe(area);
    expectOneStep(test, before);
  });

  it("fill holes", async () => {
    const test = await withTwoCells();
    test.editor.select(5);
    test.use("erase", 2).click([15, 15]);
    expect(test.area(5)).toBeLessThan(100);
    test.command("label.fill_holes");
    expect(test.area(5)).toBe(100);
    test.command("label.fill_holes");
    expect(test.snapshot.work.notice).toContain("no holes");
  });

  it("copy to the other compartment and to frames, and interpolate between them", async () => {
    const test = await withImage();
    test.editor.select(5);
    test.command("label.copy_to_compartment");
    expect([test.snapshot.compartment, test.area(5, "nuclear")]).toEqual(["nuclear", test.area(5)]);
    test.editor.setCompartment("whole_cell");
    test.command("label.copy_to_next").command("label.copy_to_next");
    const area = test.area(5) / 3;
    expect(test.snapshot.frame).toBe(2);
    test.editor.setFrame(1);
    test.command("label.delete").editor.select(5);
    test.command("label.interpolate");
    expect(test.area(5)).toBe(3 * area);
    expect(test.editor.run("label.interpolate")).toBe(false);
  });

  it("say why they do nothing", async () => {
    const test = await withTwoCells();
    test.command("label.grow");
    expect(test.snapshot.work.notice).toBe("Select a cell first.");
    test.editor.select(5);
    test.command("label.autofit");
    expect(test.snapshot.work.notice).toBe("The image is still loading.");
    test.command("label.copy_to_previous");
    expect(test.snapshot.work.notice).toBe("There is no such frame.");
  });
});

describe("checking cell by cell", () => {
  it("goes from the most doubtful to the least", async () => {
    const test = await withTwoCells();
    test.use("brush", 1).command("label.new").click([50, 50]);
    test.command("review.next");
    expect(test.snapshot.selected).toBe(9);
    test.editor.setDoubt(
      new Map([
        [5, 0.1],
        [8, 0.9],
      ]),
    );
    test.command("review.next");
    const seen = [1, 2, 3].map(() => {
      test.command("review.accept");
      return test.snapshot.selected;
    });
    expect(seen).toEqual([5, 9, 0]);
    expect([...test.snapshot.marks.checked]).toEqual([8, 5, 9]);
    expect([test.editor.lastSeq(), test.snapshot.nChecked]).toEqual([4, 3]);
    test.editor.select(5);
    test.command("review.uncheck");
    expect(test.snapshot.marks.checked.has(5)).toBe(false);
  });
});
