const MARKS = /[\p{M}\u0640]/gu;
const SAME: Record<string, string> = { أ: "ا", إ: "ا", آ: "ا", ٱ: "ا", ى: "ي", ئ: "ي", ؤ: "و", ة: "ه", ک: "ك", ی: "ي", ß: "ss", ø: "o", đ: "d", ı: "i", ł: "l" };

/** Text as people search it: no case, no accents or vowel signs, Arabic letters that are typed alike made alike. */
export function fold(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[أإآٱىئؤةکیßøđıł]/g, (letter) => SAME[letter] ?? letter)
    .normalize("NFD")
    .replace(MARKS, "")
    .replace(/\s+/g, " ")
    .trim();
}
