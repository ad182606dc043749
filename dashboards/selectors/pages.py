"""The twelve pages of a wall: six domains of vital signs and six themes."""

from dataclasses import dataclass

from dashboards.enums import Theme
from dashboards.models import Indicator
from governance.lib.errors import NotFoundError
from workorders.enums import Domain


@dataclass(frozen=True)
class WallPage:
    """`slug` tells domains and themes of one name apart: domain-environment, theme-environment."""

    kind: str
    value: str
    name: str

    @property
    def slug(self) -> str:
        return f"{self.kind}-{self.value.replace('_', '-')}"

    def holds(self, indicator: Indicator) -> bool:
        """Tell whether an indicator stands on this page."""
        return bool(getattr(indicator, self.kind) == self.value)


def wall_pages() -> list[WallPage]:
    """List the pages in the order of their keys: the domains, then the themes."""
    return [
        *(WallPage("domain", domain.value, str(domain.label)) for domain in Domain),
        *(WallPage("theme", theme.value, str(theme.label)) for theme in Theme),
    ]


def wall_page(*, slug: str) -> WallPage:
    """Find a page by its address; raise NotFoundError otherwise."""
    for page in wall_pages():
        if page.slug == slug:
            return page
    raise NotFoundError()
