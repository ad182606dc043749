"""Names of places as people say them."""

from django import template

from grids.models import Area

register = template.Library()


@register.filter
def place_words(area: Area | None, parent: Area | None = None) -> str:
    """Name an area, after its parent unless its own name says that already."""
    if area is None:
        return ""
    if parent is None or area.name.startswith(parent.name):
        return area.name
    return f"{parent.name} {area.name}"
