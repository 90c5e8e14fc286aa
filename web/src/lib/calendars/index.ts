export { fromGregorian, monthLength, monthsInYear, spanOf, toGregorian, type CalendarDay, type DaySpan } from "./conversion";
export { calendarOfLanguage, CALENDARS, isCalendar, type CalendarName } from "./kinds";
export { calendar, NotADate, type NotADateCode } from "./table";
export { dayInWords, monthInWords, monthNames, weekdayNames } from "./words";
