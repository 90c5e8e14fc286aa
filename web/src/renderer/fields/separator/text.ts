export function text(): string {
  return "";
}
