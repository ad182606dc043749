"""Names of what one can listen to; `workorders.selectors.topics_of` names an order's the same."""

EVERYTHING = "*"  # heard by those who see everything


def area_topic(area_id: int) -> str:
    return f"area:{area_id}"


def department_topic(department_id: int) -> str:
    return f"department:{department_id}"


def figures_topic(area_id: int) -> str:
    return f"figures:{area_id}"
