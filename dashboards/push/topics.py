"""Names of what one can listen to; `workorders.selectors.topics_of` names an order's the same."""

import re

EVERYTHING = "*"  # order events of every place, for those who see everything

WELL_FORMED = re.compile(
    r"\*|(?:area|department|figures|reports|wall):[1-9][0-9]{0,17}|order:[A-Za-z0-9-]{1,20}"
)


def area_topic(area_id: int) -> str:
    return f"area:{area_id}"


def department_topic(department_id: int) -> str:
    return f"department:{department_id}"


def figures_topic(area_id: int) -> str:
    return f"figures:{area_id}"


def wall_topic(area_id: int) -> str:
    return f"wall:{area_id}"


def reports_topic(department_id: int) -> str:
    return f"reports:{department_id}"


def order_topic(number: str) -> str:
    return f"order:{number}"


def is_well_formed(topic: str) -> bool:
    return WELL_FORMED.fullmatch(topic) is not None


def kind_of(topic: str) -> str:
    return topic.partition(":")[0]


def key_of(topic: str) -> str:
    return topic.partition(":")[2]
