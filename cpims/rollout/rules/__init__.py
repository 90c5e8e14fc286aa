"""The road, the rules of its gates, what a workbook of requirements may say, and refusals."""
