export { conditionProblems } from "./problems";
export { conditionWords } from "./conditions/words";
export { CalculationBuilder, SummaryBuilder } from "./CalculationBuilder";
export { ConditionBuilder } from "./ConditionBuilder";
export { FormPreview } from "./FormPreview";
export { OptionConditionBuilder } from "./OptionConditionBuilder";
export type { About, CalculationBuilderProps, ConditionBuilderProps, FormPreviewProps, Known, OptionConditionBuilderProps, SummaryBuilderProps } from "./types";
