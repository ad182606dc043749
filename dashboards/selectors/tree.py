"""The tree of areas in memory: a city's streets, communities and grids in one query."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from governance.lib.reference import reference_revision
from grids.enums import AreaLevel
from grids.models import Area


@dataclass(frozen=True)
class Node:
    pk: int
    parent_id: int | None
    level: int
    code: str
    name: str
    is_active: bool


class AreaTree:
    def __init__(self, nodes: Iterable[Node]) -> None:
        self.nodes = {node.pk: node for node in nodes}
        self._children: dict[int | None, list[Node]] = {}
        for node in self.nodes.values():
            self._children.setdefault(node.parent_id, []).append(node)

    def upward(self, pk: int) -> Iterator[Node]:
        """Walk from an area, itself included, to its district."""
        node = self.nodes.get(pk)
        while node is not None:
            yield node
            node = self.nodes.get(node.parent_id) if node.parent_id else None

    def downward(self, pk: int) -> Iterator[Node]:
        """Walk an area, itself included, and all beneath it."""
        if pk in self.nodes:
            yield self.nodes[pk]
        for child in self._children.get(pk, []):
            yield from self.downward(child.pk)

    def parts(self, pk: int) -> list[Node]:
        """List the active areas directly beneath, by code."""
        children = [node for node in self._children.get(pk, []) if node.is_active]
        return sorted(children, key=lambda node: node.code)

    def judged(self) -> list[Node]:
        """List the areas whose indicator values are kept: districts and streets."""
        return [node for node in self.nodes.values() if node.level <= AreaLevel.STREET]


def read_tree() -> AreaTree:
    """Give the tree as it stands; from memory unless an area has changed."""
    return _tree(reference_revision())


@lru_cache(maxsize=2)
def _tree(revision: int) -> AreaTree:
    rows = Area.objects.values_list("pk", "parent_id", "level", "code", "name", "is_active")
    return AreaTree(Node(*row) for row in rows.order_by("code"))
