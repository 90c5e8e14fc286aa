import { useSource } from "~/store";
import { tablesOf, type Tables } from "~/store/tables";

/** The tables that an administrator looks after, in a component. */
export function useTables(): Tables {
  return tablesOf(useSource());
}
