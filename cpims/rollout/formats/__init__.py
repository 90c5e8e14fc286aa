"""The workbook of requirements as a spreadsheet."""
