import { calendarInUse } from "~/lib/calendars/chosen";
import { Input as AttachmentInput } from "./fields/attachment/Input";
import { Output as AttachmentOutput } from "./fields/attachment/Output";
import { text as attachmentText } from "./fields/attachment/text";
import { Output as CalculatedOutput } from "./fields/calculated/Output";
import { text as calculatedText } from "./fields/calculated/text";
import { Input as DateInput } from "./fields/date_field/Input";
import { Output as DateOutput } from "./fields/date_field/Output";
import { text as dateText } from "./fields/date_field/text";
import { Input as NumericInput } from "./fields/numeric_field/Input";
import { Output as NumericOutput } from "./fields/numeric_field/Output";
import { text as numericText } from "./fields/numeric_field/text";
import { Input as RadioInput } from "./fields/radio_button/Input";
import { Output as RadioOutput } from "./fields/radio_button/Output";
import { text as radioText } from "./fields/radio_button/text";
import { Input as SelectInput } from "./fields/select_box/Input";
import { manner } from "./fields/select_box/manner";
import { Output as SelectOutput } from "./fields/select_box/Output";
import { text as selectText } from "./fields/select_box/text";
import { Input as SeparatorInput } from "./fields/separator/Input";
import { Output as SeparatorOutput } from "./fields/separator/Output";
import { text as separatorText } from "./fields/separator/text";
import { Input as SubformInput } from "./fields/subform/Input";
import { Output as SubformOutput } from "./fields/subform/Output";
import { text as subformText } from "./fields/subform/text";
import { Input as TallyInput } from "./fields/tally_field/Input";
import { Output as TallyOutput } from "./fields/tally_field/Output";
import { text as tallyText } from "./fields/tally_field/text";
import { Input as TextInput } from "./fields/text_field/Input";
import { Output as TextOutput } from "./fields/text_field/Output";
import { text as textText } from "./fields/text_field/text";
import { Input as AreaInput } from "./fields/textarea/Input";
import { Output as AreaOutput } from "./fields/textarea/Output";
import { text as areaText } from "./fields/textarea/text";
import { Input as TickInput } from "./fields/tick_box/Input";
import { Output as TickOutput } from "./fields/tick_box/Output";
import { text as tickText } from "./fields/tick_box/text";
import type { Kind } from "./registry";
import type { Field } from "./types";

const never = (): null => null;
const attachment: Kind = { Input: AttachmentInput, Output: AttachmentOutput, text: attachmentText, readOnly: true, isFiles: true, isGroup: () => true };
const calculated: Kind = { Input: never, Output: CalculatedOutput, text: calculatedText, readOnly: true };

const KINDS: Readonly<Record<string, Kind>> = {
  text_field: { Input: TextInput, Output: TextOutput, text: textText },
  textarea: { Input: AreaInput, Output: AreaOutput, text: areaText },
  numeric_field: { Input: NumericInput, Output: NumericOutput, text: numericText },
  radio_button: { Input: RadioInput, Output: RadioOutput, text: radioText, isGroup: () => true },
  select_box: {
    Input: SelectInput,
    Output: SelectOutput,
    text: selectText,
    isGroup: (field, choices) => ["ticks", "buttons"].includes(manner(field, choices)),
  },
  // The browser's own control is one field; a day in another calendar has three.
  date_field: { Input: DateInput, Output: DateOutput, text: dateText, isGroup: () => calendarInUse().book !== null },
  tick_box: { Input: TickInput, Output: TickOutput, text: tickText },
  tally_field: { Input: TallyInput, Output: TallyOutput, text: tallyText, isGroup: () => true },
  subform: { Input: SubformInput, Output: SubformOutput, text: subformText, standsAlone: true },
  separator: { Input: SeparatorInput, Output: SeparatorOutput, text: separatorText, standsAlone: true },
  calculated,
  photo_upload_box: attachment,
  audio_upload_box: attachment,
  document_upload_box: attachment,
  signature: attachment,
};

/** How a field of this type is asked, read and told; an unknown type is shown as it stands and never asked. */
export function kindOf(field: Field): Kind {
  return KINDS[field.type] ?? calculated;
}

/** May it be asked at all? */
export function isAsked(field: Field): boolean {
  return !kindOf(field).readOnly && !field.disabled && !field.subform_summary;
}
