import { expect, it } from "vitest";
import { checkCrop, findingsPerLabel } from "../../src/ui/embed/checks/check-crop";
import { fakeCrop } from "./fake-editor";

it("a crop is checked with the channels that show its compartments", async () => {
  const { crop } = fakeCrop();
  expect((await checkCrop(crop)).map(({ rule }) => rule)).toEqual([]);
});

it("findings are counted per label of one compartment", () => {
  const finding = {
    rule: "hole",
    compartment: "nuclear",
    frame: 0,
    row: 0,
    col: 0,
    value: 1,
  } as const;
  const findings = [
    { ...finding, label: 3 },
    { ...finding, label: 3 },
    { ...finding, label: 0 },
    { ...finding, label: 4, compartment: "whole_cell" as const },
  ];
  expect(findingsPerLabel(findings, "nuclear")).toEqual(new Map([[3, 2]]));
});
