"""What is wrong with a form, said at the field."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from governance.lib.errors import DomainError

register = template.Library()


@register.simple_tag
def field_problem(problem: DomainError | None, name: str, form: str = "") -> SafeString:
    """Draw the place where a field's error stands; empty and hidden until there is one.

    `form` keeps the places of several forms on one page apart.
    """
    words = "；".join(_words(problem, name))
    hidden = "" if words else " hidden"
    return format_html(
        '<p class="field__error" id="error-{0}{1}" data-error-for="{1}"{2}>{3}</p>',
        f"{form}-" if form else "", name, SafeString(hidden), words,
    )  # fmt: skip


@register.simple_tag
def invalid(problem: DomainError | None, name: str) -> SafeString:
    """Mark a control whose field is at fault."""
    return SafeString('aria-invalid="true"' if _words(problem, name) else "")


def _words(problem: DomainError | None, name: str) -> list[str]:
    """Collect the errors of a field and of the parts beneath it, such as point.lon."""
    if problem is None:
        return []
    found = [words for key, words in problem.fields.items() if key.split(".")[0] == name]
    return list(dict.fromkeys(word for words in found for word in words))
