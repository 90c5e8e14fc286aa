/** What spreadsheets would calculate stands behind a sign that they do not show; the server takes it away again. */
const CALCULATED = /^[=+\-@\t]/;

/** Rows as CSV that spreadsheets open with the right letters. */
export function asCsv(rows: readonly (readonly string[])[]): Blob {
  const text = rows.map((cells) => cells.map(cellOf).join(",")).join("\r\n");
  return new Blob(["\ufeff", text, "\r\n"], { type: "text/csv;charset=utf-8" });
}

export function cellOf(text: string): string {
  const safe = CALCULATED.test(text) ? `'${text}` : text;
  return /[",\r\n;|\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Saved by the browser as a file. */
export function offer(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(address);
  }, 60_000);
}
