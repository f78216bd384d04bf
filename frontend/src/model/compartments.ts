/** What a label image outlines, always in this order (the order of the planes on the wire). */
export const COMPARTMENTS = ["whole_cell", "nuclear"] as const;

export type Compartment = (typeof COMPARTMENTS)[number];
