import type { JSX } from "preact";
import { RadioGroup } from "~/ui/form";
import type { InputProps } from "../../registry";
import { idsOf } from "../../values";

export function Input({ field, value, set, attributes, choices }: InputProps): JSX.Element {
  const chosen = idsOf(value)[0] ?? "";
  return (
    <RadioGroup
      name={attributes.id}
      value={chosen}
      clearable={!field.required}
      options={choices.map(({ id, label, retired }) => ({ value: id, label, disabled: retired === true && id !== chosen }))}
      onValue={(id) => {
        set(id === "" ? null : id);
      }}
    />
  );
}
