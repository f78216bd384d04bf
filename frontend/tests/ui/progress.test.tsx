import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { Progress } from "../../src/ui/components/Progress";

it("says each whole percent as it is, and 100 only when all is done", () => {
  const { rerender } = render(<Progress label="Crops" fraction={0} />);
  const percentOf = (fraction: number) => {
    rerender(<Progress label="Crops" fraction={fraction} />);
    return Number(screen.getByRole("progressbar").getAttribute("aria-valuenow"));
  };
  const all = Array.from({ length: 101 }, (_, n) => n);
  expect(all.map((n) => percentOf(n / 100))).toEqual(all);
  expect([percentOf(999 / 1000), percentOf(2)]).toEqual([99, 100]);
});
