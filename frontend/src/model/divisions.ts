/** Divisions of cells in a time-lapse, and what does not fit in them. */
import type { Compartment } from "./compartments";
import type { DivisionMark } from "./marks";

export interface Division extends DivisionMark {
  readonly compartment: Compartment;
  readonly parent: number;
  /** The first frame of the daughters. */
  readonly frame: number;
}

export type DivisionRule =
  | "one_daughter"
  | "parent_after_division"
  | "daughter_before_division"
  | "parent_divides_twice"
  | "daughter_of_two";

export interface DivisionAlert {
  readonly rule: DivisionRule;
  readonly severity: "warning" | "error";
  readonly compartment: Compartment;
  readonly parent: number;
  /** The label to look at, and where. */
  readonly label: number;
  readonly frame: number;
}

/**
 * What is wrong with the divisions of one compartment.
 *
 * @param framesOf the frames in which a label has pixels, in ascending order.
 */
export function alertsOf(
  divisions: readonly Division[],
  framesOf: (label: number) => readonly number[],
): DivisionAlert[] {
  return divisions.flatMap((division) => {
    const { compartment, parent, frame, daughters } = division;
    const alert = (rule: DivisionRule, label: number, at: number): DivisionAlert => {
      const severity = rule === "one_daughter" ? "warning" : "error";
      return { rule, severity, compartment, parent, label, frame: at };
    };
    const found: DivisionAlert[] = [];
    if (daughters.length === 1) {
      found.push(alert("one_daughter", daughters[0], frame));
    }
    const late = framesOf(parent).find((at) => at >= frame);
    if (late !== undefined) {
      found.push(alert("parent_after_division", parent, late));
    }
    if (divisions.some((other) => other.parent === parent && other.frame !== frame)) {
      found.push(alert("parent_divides_twice", parent, Math.max(0, frame - 1)));
    }
    for (const daughter of daughters) {
      const early = framesOf(daughter).find((at) => at < frame);
      if (early !== undefined) {
        found.push(alert("daughter_before_division", daughter, early));
      }
      if (divisions.some((other) => other !== division && other.daughters.includes(daughter))) {
        found.push(alert("daughter_of_two", daughter, frame));
      }
    }
    return found;
  });
}
