/** Arabic-Indic and Persian digits count as digits; whatever is no digit falls away. */
export function digits(text: string): string {
  return text.replace(/[٠-٩۰-۹]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 15)).replace(/\D/g, "");
}
