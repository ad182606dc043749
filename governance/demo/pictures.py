"""Simple drawn pictures that stand for photos: nobody's street, nobody's face."""

import io
import random

from PIL import Image, ImageDraw, ImageFont

SIZE = (480, 360)
SKIES = ((173, 204, 227), (205, 214, 220), (226, 209, 178))
GROUNDS = ((112, 118, 122), (134, 125, 110), (96, 128, 92))


def draw_picture(*, caption: str, is_clean: bool, seed: str) -> bytes:
    """Draw a street scene as JPEG, with something lying about unless it is clean."""
    chooser = random.Random(seed)  # noqa: S311
    image = Image.new("RGB", SIZE, chooser.choice(SKIES))
    draw = ImageDraw.Draw(image)
    width, height = SIZE
    horizon = height * 3 // 5
    for left in range(0, width, 80):
        top = horizon - chooser.randrange(60, 180)
        shade = chooser.randrange(120, 190)
        draw.rectangle((left, top, left + 70, horizon), fill=(shade, shade, shade - 10))
    draw.rectangle((0, horizon, width, height), fill=chooser.choice(GROUNDS))
    for _ in range(0 if is_clean else 12):
        x, y = chooser.randrange(width - 40), chooser.randrange(horizon + 10, height - 30)
        colour = tuple(chooser.randrange(40, 200) for _ in range(3))
        draw.ellipse(
            (x, y, x + chooser.randrange(12, 40), y + chooser.randrange(8, 24)), fill=colour
        )
    draw.rectangle((0, 0, width, 22), fill=(32, 36, 40))
    # The built-in font knows no Chinese; the caption is a number and a word.
    draw.text((8, 6), f"DEMO {caption}", fill=(255, 255, 255), font=ImageFont.load_default())
    content = io.BytesIO()
    image.save(content, "JPEG", quality=70)
    return content.getvalue()
