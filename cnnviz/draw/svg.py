"""The scene as a standalone SVG file, light or dark."""

from __future__ import annotations

from html import escape
from typing import Any

from .scene import Scene
from .theme import PAGES, Mode, Page, colour, ink

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', Arial, sans-serif"
CODE_FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
RADIUS = 7
STRIPE = 5


def svg(scene: Scene, theme: Mode = "light", title: str = "Network") -> str:
    """The scene as the text of an SVG file, with its own colours and no other resources."""
    page = PAGES[theme]
    width, height = scene["width"], scene["height"]
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{escape(FONT)}" role="img">',
        f"<title>{_text(title)}</title>",
        f'<rect width="100%" height="100%" fill="{page.background}"/>',
    ]
    parts += [_frame(frame, page, theme) for frame in scene["frames"]]
    parts.append(f'<g fill="none" stroke="{page.edge}" stroke-width="1.5" stroke-linecap="round">')
    parts += [f'<path d="{edge["d"]}"/>' for edge in scene["edges"]]
    parts.append("</g>")
    parts += [_node(node, page, theme) for node in scene["nodes"]]
    parts.append("</svg>\n")
    return "\n".join(parts)


def _frame(frame: dict[str, Any], page: Page, theme: Mode) -> str:
    paint = colour(frame["family"], theme)
    x, y, w, h = (frame[side] for side in "xywh")
    outline = f'fill="{paint}" fill-opacity="0.05" stroke="{paint}" stroke-opacity="0.65" stroke-dasharray="5 4"'
    name = f'font-size="12.5" font-weight="600" fill="{ink(frame["family"], theme)}"'
    note = f'font-size="10.5" text-anchor="end" fill="{page.muted}"'
    return (
        f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="10" {outline}/>'
        f'<text x="{x + 14}" y="{y + 20}" {name}>{_text(frame["title"])}</text>'
        f'<text x="{x + w - 12}" y="{y + 20}" {note}>{_text(frame["note"])}</text>'
    )


def _node(node: dict[str, Any], page: Page, theme: Mode) -> str:
    paint = colour(node["family"], theme)
    x, y, w, h = (node[side] for side in "xywh")
    middle = x + (w + STRIPE) / 2
    hover = ": ".join(part for part in (node["id"], node["detail"], node["note"]) if part)
    box = f'width="{w}" height="{h}" rx="{RADIUS}" fill="{page.surface}" stroke="{paint}" stroke-width="1.5"'
    name = f'font-size="12.5" font-weight="600" text-anchor="middle" fill="{page.text}"'
    shape = f'font-size="10.5" text-anchor="middle" fill="{page.muted}" font-family="{escape(CODE_FONT)}"'
    bar = max((w - STRIPE - 16) * node["bar"], 1)
    return "".join(
        (
            f"<g><title>{_text(hover)}</title>",
            f'<rect x="{x}" y="{y}" {box}/>',
            f'<path d="{stripe(x, y, h)}" fill="{paint}"/>',
            f'<text x="{middle}" y="{y + 17}" {name}>{_text(node["title"])}</text>',
            f'<text x="{middle}" y="{y + 30}" {shape}>{_text(node["subtitle"])}</text>',
            f'<rect x="{x + STRIPE + 8}" y="{y + h - 5}" width="{bar:.1f}" height="2.5" rx="1.25" fill="{paint}"/>'
            if node["bar"]
            else "",
            "</g>",
        )
    )


def stripe(x: float, y: float, height: float) -> str:
    """Path data of the coloured edge at the left of a box, round where the box is."""
    r = RADIUS
    return f"M{x + r} {y}V{y + height}A{r} {r} 0 0 1 {x} {y + height - r}V{y + r}A{r} {r} 0 0 1 {x + r} {y}Z"


def _text(value: str) -> str:
    """Text as XML may hold it: escaped, without control characters or lone surrogates."""
    return escape("".join(c if c.isprintable() else "�" for c in value))
