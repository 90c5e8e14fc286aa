import type { Role } from "../rights";
import type { Access } from "./preview/drawing";
import type { Form } from "./types";

/** What a role may with this form: what it is granted, in a module that both have. */
export function accessOf(role: Pick<Role, "form_section_read_write" | "module_unique_ids"> | null, form: Form): Access {
  if (role === null || form.is_nested) return "rw";
  const modules = form.module_ids ?? [];
  if (modules.length > 0 && role.module_unique_ids.length > 0 && !modules.some((one) => role.module_unique_ids.includes(one))) return "none";
  const granted = role.form_section_read_write[form.unique_id];
  return granted === "rw" || granted === "r" ? granted : "none";
}
