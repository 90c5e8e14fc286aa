import type { JSX } from "preact";
import { Combobox, MultiCombobox } from "~/ui/Combobox";
import { CheckboxGroup, RadioGroup, Select, type Option } from "~/ui/form";
import type { InputProps } from "../../registry";
import type { Choice } from "../../sources";
import { idsOf } from "../../values";
import { manner } from "./manner";

function toOptions(choices: readonly Choice[], chosen: readonly string[]): Option[] {
  return choices.map(({ id, label, hint, retired }) => ({
    value: id,
    label,
    ...(hint === undefined ? {} : { hint }),
    ...(retired && !chosen.includes(id) ? { disabled: true } : {}),
  }));
}

/** A few are shown as buttons, some as the phone's own list, many are searched. */
export function Input({ field, value, set, attributes, choices }: InputProps): JSX.Element {
  const chosen = idsOf(value);
  const one = chosen[0] ?? "";
  const options = toOptions(choices, chosen);
  const setOne = (id: string): void => {
    set(id === "" ? null : id);
  };
  switch (manner(field, choices)) {
    case "ticks":
      return <CheckboxGroup name={attributes.id} values={chosen} onValues={set} options={options} />;
    case "buttons":
      return <RadioGroup name={attributes.id} value={one} onValue={setOne} options={options} clearable={!field.required} />;
    case "search":
      return field.multi_select ? (
        <MultiCombobox {...attributes} values={chosen} onValues={set} options={options} />
      ) : (
        <Combobox {...attributes} value={one} onValue={setOne} options={options} />
      );
    case "list":
      return <Select {...attributes} value={one} onValue={setOne} options={options} />;
  }
}

