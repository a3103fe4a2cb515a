"""Draws the icons of the Teams app, a signpost: python deploy/teams/icons.py"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

ACCENT = (0x0B, 0x55, 0x63, 255)
WHITE = (255, 255, 255, 255)
CLEAR = (255, 255, 255, 0)
FINE = 16  # drawn so many times larger, for smooth edges

# In a square of 32 by 32; the signs point where you can go.
POST = (15, 3, 17, 29)
SIGNS = (
    ((7, 6), (22, 6), (26, 9.5), (22, 13), (7, 13)),
    ((25, 16), (10, 16), (6, 19.5), (10, 23), (25, 23)),
)


def signpost(size: int, background: tuple[int, int, int, int], part: float) -> Image.Image:
    """`part` of the width is drawn on; the rest is margin."""
    side = size * FINE
    scale = side * part / 32
    margin = side * (1 - part) / 2
    image = Image.new("RGBA", (side, side), background)
    draw = ImageDraw.Draw(image)
    draw.rectangle([margin + scale * value for value in POST], fill=WHITE)
    for sign in SIGNS:
        draw.polygon([(margin + scale * x, margin + scale * y) for x, y in sign], fill=WHITE)
    return image.resize((size, size), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    folder = Path(__file__).parent
    signpost(192, ACCENT, 0.66).save(folder / "color.png")  # Teams cuts the corners off
    outline = signpost(32, CLEAR, 1)
    white = Image.new("RGBA", outline.size, CLEAR)  # white only, more or less transparent
    white.putalpha(outline.getchannel("A"))
    white.save(folder / "outline.png")
