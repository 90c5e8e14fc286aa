// Writes down what the client knows of each calendar: node calendars.mjs <bundle> <span of years for the Gregorian one>.
const { CALENDARS, calendar, dayInWords, fromGregorian, monthInWords, monthLength, monthsInYear, spanOf, toGregorian } = await import(process.argv[2]);
const [first, last] = process.argv.slice(3).map(Number);

const found = {};
for (const name of CALENDARS) {
  const known = calendar(name);
  const years = name === "gregorian" ? [first, last] : [known.firstYear, known.lastYear];
  const days = [];
  const spans = [];
  for (let year = years[0]; year <= years[1]; year += 1) {
    spans.push([year, spanOf(name, { year })]);
    for (let month = 1; month <= monthsInYear(name, year); month += 1) {
      const length = monthLength(name, year, month);
      spans.push([year, month, length, known.doubt(year, month), spanOf(name, { year, month }), monthInWords(name, year, month, "es")]);
      for (let day = 1; day <= length; day += 1) {
        const iso = toGregorian(name, { year, month, day });
        const back = fromGregorian(name, iso);
        days.push(`${year}-${month}-${day} ${iso} ${back.year}-${back.month}-${back.day} ${day === 1 ? dayInWords(name, iso, "en") : ""}`);
      }
    }
  }
  found[name] = { days, spans };
}
process.stdout.write(JSON.stringify(found));
