"""Texts for the page without anybody's numbers in them."""

from django import template

from governance.lib.masking import mask_text

register = template.Library()


@register.filter
def masked(text: str | None) -> str:
    """Mask every identity and telephone number in a text."""
    return mask_text(text or "")
