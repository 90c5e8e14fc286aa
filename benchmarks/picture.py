"""Small pictures as SVG: bars side by side, and curves over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

COLOURS = ("#1d6f8a", "#d98e04", "#8a8f98", "#b3405a")
WIDTH, LEFT, ROW = 860, 110, 16


def _frame(height: int, title: str, parts: Sequence[str]) -> str:
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" font-family="sans-serif" font-size="12">',
            f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
            f'<text x="10" y="20" font-size="15">{escape(title)}</text>',
            *parts,
            "</svg>",
            "",
        ]
    )


def _legend(names: Sequence[str], y: int) -> list[str]:
    return [
        part
        for n, name in enumerate(names)
        for part in (
            f'<rect x="{LEFT + n * 150}" y="{y}" width="12" height="12" fill="{COLOURS[n]}"/>',
            f'<text x="{LEFT + n * 150 + 18}" y="{y + 10}">{escape(name)}</text>',
        )
    ]


def bars(title: str, names: Sequence[str], rows: Sequence[tuple[str, Sequence[float], float | None]]) -> str:
    """Groups of bars, one group a line; a mark where the aim of a group lies."""
    most = max([value for _, values, aim in rows for value in (*values, aim or 0)] or [1]) or 1
    scale = (WIDTH - LEFT - 70) / most
    parts, y = _legend(names, 32), 60
    for label, values, aim in rows:
        parts.append(
            f'<text x="{LEFT - 8}" y="{y + ROW * len(values) / 2 + 4:.0f}" text-anchor="end">{escape(label)}</text>'
        )
        for n, value in enumerate(values):
            parts.append(
                f'<rect x="{LEFT}" y="{y + n * ROW}" width="{max(1.0, value * scale):.1f}" height="{ROW - 3}" fill="{COLOURS[n]}"/>'
            )
            parts.append(f'<text x="{LEFT + value * scale + 5:.1f}" y="{y + n * ROW + 11}">{value:g}</text>')
        if aim:
            x = LEFT + aim * scale
            parts.append(
                f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y - 3}" y2="{y + ROW * len(values)}" stroke="#b00020" stroke-dasharray="3 2"/>'
            )
        y += ROW * len(values) + 12
    return _frame(y + 10, title, parts)


def curves(title: str, lines: Mapping[str, Sequence[tuple[float, float]]], unit: str) -> str:
    """Values over time (seconds), each line scaled to the same height of the picture by the largest of all."""
    points = [point for line in lines.values() for point in line]
    last = max([at for at, _ in points] or [1]) or 1
    most = max([value for _, value in points] or [1]) or 1
    height, top = 300, 60
    parts = _legend(list(lines), 32)
    for part in (0, 0.5, 1):
        y = top + height * (1 - part)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - 20}" y1="{y:.0f}" y2="{y:.0f}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.0f}" text-anchor="end">{most * part:.0f} {escape(unit)}</text>')
    for n, line in enumerate(lines.values()):
        drawn = " ".join(
            f"{LEFT + at / last * (WIDTH - LEFT - 20):.1f},{top + height * (1 - value / most):.1f}"
            for at, value in line
        )
        parts.append(f'<polyline points="{drawn}" fill="none" stroke="{COLOURS[n]}" stroke-width="2"/>')
    parts.append(f'<text x="{WIDTH - 20}" y="{top + height + 18}" text-anchor="end">{last / 60:.1f} minutes</text>')
    return _frame(height + 90, title, parts)
