"""Pictures: decoded and painted anew, upright, no larger than anybody looks at, with nothing beside the colours."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from cpims.attachments.formats.refusing import UNREADABLE, Unusable
from cpims.attachments.formats.sniffing import JPEG, PNG

#: So many points are decoded, no more: a picture of few bytes can hold billions. JPEG is made smaller while it is decoded.
MOST_POINTS: Final = {JPEG: 200_000_000, PNG: 40_000_000}
THUMBNAIL: Final = 256
QUALITY, THUMBNAIL_QUALITY = 85, 75


@dataclass(frozen=True)
class Picture:
    """A picture as it is kept, and small."""

    content: bytes
    thumbnail: bytes


def paint_anew(content: bytes, content_type: str, *, longest: int) -> Picture:
    """The same picture, upright, without EXIF, GPS, XMP, comments or anything that hung behind it.

    Raises: Unusable.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = _decode(content, content_type, longest)
            small = picture.copy()
            small.thumbnail((THUMBNAIL, THUMBNAIL))
            return Picture(_encode(picture, content_type), _encode(_on_white(small), JPEG, THUMBNAIL_QUALITY))
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, OverflowError, UnidentifiedImageError) as error:
        raise error if isinstance(error, Unusable) else Unusable(UNREADABLE) from error
    except (Image.DecompressionBombError, ImageCms.PyCMSError) as error:
        raise Unusable(UNREADABLE) from error


def _decode(content: bytes, content_type: str, longest: int) -> Image.Image:
    name = "JPEG" if content_type == JPEG else "PNG"
    opened = Image.open(io.BytesIO(content), formats=(name,))
    if opened.width * opened.height > MOST_POINTS[content_type]:
        raise Unusable(UNREADABLE)
    if content_type == JPEG:
        opened.draft(None, (longest, longest))
    opened.load()
    profile = opened.info.get("icc_profile")
    upright = ImageOps.exif_transpose(opened)
    upright.thumbnail((longest, longest))
    plain = _plain_colours(upright, profile)
    if content_type == JPEG and plain.mode not in ("RGB", "L"):
        plain = plain.convert("RGB")
    fresh = Image.new(plain.mode, plain.size)
    fresh.paste(plain)
    return fresh


def _plain_colours(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours as everybody's screen understands them: the profile itself is not kept."""
    if profile and picture.mode in ("RGB", "RGBA", "L", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            wanted = "RGBA" if picture.mode == "RGBA" else "RGB"
            shown = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=wanted)
        except (ImageCms.PyCMSError, OSError, ValueError):
            shown = None
        if shown is not None:
            picture = shown
    if picture.mode in ("RGB", "RGBA", "L"):
        return picture
    if picture.mode in ("LA", "PA", "RGBa", "La") or "transparency" in picture.info:
        return picture.convert("RGBA")
    if picture.mode.startswith("I;16") or picture.mode == "I":
        return picture.point(lambda value: value / 256).convert("L")
    return picture.convert("RGB")


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _encode(picture: Image.Image, content_type: str, quality: int = QUALITY) -> bytes:
    target = io.BytesIO()
    if content_type == PNG:
        picture.save(target, "PNG", optimize=False)
    else:
        picture.save(target, "JPEG", quality=quality, optimize=True)
    return target.getvalue()
