/** Where a message of the server belongs: an entry of a list and its key, or a key alone. */
export interface Fault {
  readonly message: string;
  readonly index: number | null;
  readonly key: string | null;
}

/** The server names places as `cell_types[2].color` or `settings.cell_types.2.color`. */
export function faultOf(message: string, setting: string): Fault {
  const place = new RegExp(`${setting}(?:\\[(\\d+)\\]|\\.(\\d+))?(?:\\.([a-z_]+))?`).exec(message);
  const index = place?.[1] ?? place?.[2];
  return { message, index: index === undefined ? null : Number(index), key: place?.[3] ?? null };
}

/** The one of these names that a message speaks of, whole words only. */
export function namedIn<Name extends string>(message: string, names: readonly Name[]): Name | null {
  return names.find((name) => new RegExp(`\\b${name}\\b`).test(message)) ?? null;
}
