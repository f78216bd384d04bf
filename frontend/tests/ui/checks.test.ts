import { act, renderHook } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { checkCrop, findingsPerLabel } from "../../src/ui/embed/checks/check-crop";
import { useChecks } from "../../src/ui/embed/checks/useChecks";
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

it("a check that ends after its crop was left submits nothing", async () => {
  const { crop } = fakeCrop();
  let answer: (found: []) => void = () => undefined;
  const check = () =>
    new Promise<[]>((resolve) => {
      answer = resolve;
    });
  const [onSubmit, say] = [vi.fn(), vi.fn()];
  const slow = { ...crop, check };
  const { result, unmount } = renderHook(() => useChecks({ crop: slow, onSubmit, say }));
  const press = async () => {
    act(() => result.current.submit());
    await vi.waitFor(() => expect(result.current.isBusy).toBe(true));
  };
  await press();
  await act(async () => answer([]));
  await vi.waitFor(() => expect(onSubmit).toHaveBeenCalledTimes(1));
  await press();
  unmount();
  await act(async () => answer([]));
  expect(onSubmit).toHaveBeenCalledTimes(1);
});
