import { expect, it, vi } from "vitest";
import { watchDensity } from "../../src/ui/embed/density";

it("tells each change of the density of the screen until it is stopped", () => {
  const queries: { text: string; target: EventTarget }[] = [];
  const own = {
    devicePixelRatio: 1,
    matchMedia: (text: string) => {
      const target = new EventTarget();
      queries.push({ text, target });
      return target;
    },
  };
  const told = vi.fn();
  const stop = watchDensity(told, own as unknown as Window);
  const moveTo = (density: number) => {
    own.devicePixelRatio = density;
    for (const { target } of [...queries]) target.dispatchEvent(new Event("change"));
  };
  moveTo(2);
  moveTo(1.5);
  expect(told).toHaveBeenCalledTimes(2);
  expect(queries.map(({ text }) => text)).toEqual([
    "(resolution: 1dppx)",
    "(resolution: 2dppx)",
    "(resolution: 1.5dppx)",
  ]);
  stop();
  moveTo(1);
  expect(told).toHaveBeenCalledTimes(2);
});
