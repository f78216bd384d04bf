import { describe, expect, it, vi } from "vitest";
import { createViewPresetsApi, type ViewPreset } from "../../src/api";
import { OwnPresets } from "../../src/ui/ports/own-presets";
import { FakeServer } from "../fake-server";

const preset = (name: string): ViewPreset => ({ name, channels: [] });
const names = (presets: OwnPresets) => presets.getSnapshot().items.map(({ name }) => name);

function server(...held: ViewPreset[]) {
  let items: readonly ViewPreset[] = held;
  const port = {
    read: vi.fn(async () => items),
    write: vi.fn(async (next: readonly ViewPreset[]) => {
      items = next;
    }),
  };
  return { port, held: () => items.map(({ name }) => name) };
}

describe("own views", () => {
  it("are read from the server, kept there and forgotten there", async () => {
    const { port, held } = server(preset("a"));
    const presets = new OwnPresets(port);
    await presets.sync();
    expect(names(presets)).toEqual(["a"]);
    await presets.keep(preset("b"));
    await presets.forget("a");
    expect([names(presets), held()]).toEqual([["b"], ["b"]]);
  });

  it("that another page kept meanwhile stay", async () => {
    const { port, held } = server(preset("a"));
    const [one, other] = [new OwnPresets(port), new OwnPresets(port)];
    await Promise.all([one.sync(), other.sync()]);
    await one.keep(preset("b"));
    await other.keep(preset("c"));
    await one.forget("a");
    expect([held(), names(one)]).toEqual([
      ["b", "c"],
      ["b", "c"],
    ]);
  });

  it("replace one of the same name", async () => {
    const { port } = server(preset("a"));
    const presets = new OwnPresets(port);
    const again = { ...preset("a"), channels: [] };
    await presets.keep(again);
    expect(presets.getSnapshot().items).toEqual([again]);
  });

  it("stay on the page while the server cannot be reached, and follow when it can", async () => {
    const { port, held } = server(preset("a"));
    const presets = new OwnPresets(port);
    port.read.mockRejectedValueOnce(new Error("The server cannot be reached."));
    await presets.keep(preset("b"));
    expect(presets.getSnapshot()).toEqual({
      items: [preset("b")],
      problem: "The server cannot be reached.",
    });
    await presets.sync();
    expect(presets.getSnapshot().problem).toBeNull();
    expect([names(presets), held()]).toEqual([
      ["a", "b"],
      ["a", "b"],
    ]);
  });

  it("are sent again when writing failed", async () => {
    const { port, held } = server();
    const presets = new OwnPresets(port);
    port.write.mockRejectedValueOnce(new Error("No answer."));
    await presets.keep(preset("b"));
    expect([held(), presets.getSnapshot().problem]).toEqual([[], "No answer."]);
    await presets.sync();
    expect([held(), presets.getSnapshot().problem]).toEqual([["b"], null]);
  });

  it("tell their listeners", async () => {
    const presets = new OwnPresets(server(preset("a")).port);
    const told = vi.fn();
    const stop = presets.subscribe(told);
    await presets.sync();
    stop();
    const nTold = told.mock.calls.length;
    await presets.forget("a");
    expect([nTold > 0, told.mock.calls.length]).toEqual([true, nTold]);
  });

  it("go over the wire as a list", async () => {
    const fake = new FakeServer()
      .on("GET /assignments/8/view-presets", { items: [preset("a")] })
      .on("PUT /assignments/8/view-presets", { items: [] });
    const api = createViewPresetsApi(fake.transport());
    expect(await api.read(8)).toEqual([preset("a")]);
    await api.write(8, [preset("b")]);
    expect(fake.calls("PUT /assignments/8/view-presets")[0]?.body).toEqual({
      items: [preset("b")],
    });
  });
});
