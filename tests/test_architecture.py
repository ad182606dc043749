"""Rules of the code that a reader would otherwise have to trust."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APPS = ("accounts", "grids", "workorders", "datahub", "dashboards", "governance")
LINES = 400
TEST_LINES = 450  # tables of cases are long but flat

WRITES = {
    "save", "create", "update", "delete", "get_or_create", "update_or_create", "bulk_create",
    "bulk_update", "raw", "asave", "acreate", "aupdate", "adelete",
}  # fmt: skip
# Writes outside services, each with its reason.
ALLOWED_WRITES = {
    # Tokens of scripts belong to knox; the view issues one.
    ("accounts/api.py", "AuthToken.objects.create"),
    # The admin's form saves a person's password; the service then ends the tokens.
    ("accounts/admin.py", "super().save"),
}
# Calls of the same name on what is no row: dicts, digests, files, query strings, Redis.
HARMLESS = re.compile(
    r"^(digest|workbook|params|context|known|totals\[.*\]|self\.initial|client\(\))\."
)


def sources(*parts: str) -> Iterator[Path]:
    for part in parts or APPS:
        for path in sorted((ROOT / part).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def is_writer(path: Path) -> bool:
    """Tell whether a file may write: services, and the demo and commands that set things up."""
    parts = path.relative_to(ROOT).parts
    return (
        parts[1] in ("services", "services.py")
        or "management" in parts
        or parts[:2] == ("governance", "demo")
    )


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def dictionaries(tree: ast.AST) -> set[str]:
    """Name what a file plainly holds as a dict or set: their `update` writes no row."""
    named = set()
    for node in ast.walk(tree):
        target = None
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, value = node.targets[0], node.value
        elif isinstance(node, ast.AnnAssign):
            target, value = node.target, node.value or node.annotation
        if target is not None and isinstance(
            value, ast.Dict | ast.Set | ast.DictComp | ast.SetComp | ast.Subscript
        ):
            named.add(ast.unparse(target))
    return named


def writes(path: Path) -> Iterator[tuple[str, str, int]]:
    tree = ast.parse(path.read_text())
    plain = dictionaries(tree)
    for call in calls(tree):
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in WRITES:
            continue
        receiver = ast.unparse(call.func.value)
        written = f"{receiver}.{call.func.attr}"
        if receiver not in plain and not HARMLESS.match(written):
            yield name_of(path), written, call.lineno


def test_only_services_write():
    found = [
        (name, written, line)
        for path in sources()
        if not is_writer(path)
        for name, written, line in writes(path)
        if (name, written) not in ALLOWED_WRITES
    ]
    assert found == []


def test_allowed_writes_still_exist():
    found = {(name, written) for path in sources() for name, written, _ in writes(path)}
    assert found >= ALLOWED_WRITES


def test_scan_sees_a_write(tmp_path):
    path = ROOT / "accounts" / "models.py"
    assert not is_writer(path)
    assert is_writer(ROOT / "workorders" / "services" / "intake.py")
    tree = ast.parse("Order.objects.filter(pk=1).update(state='x')\nnotes = {}\nnotes.update(a=1)")
    assert dictionaries(tree) == {"notes"}
    assert [call.func.attr for call in calls(tree) if call.func.attr in WRITES] == [
        "update", "update",
    ]  # fmt: skip


def test_group_send_is_used_nowhere():
    found = [name_of(path) for path in sources() if "group_send" in path.read_text()]
    assert found == []


def test_only_push_publishes():
    found = [
        name_of(path)
        for path in sources()
        if re.search(r"\.(publish|xadd|xread)\(", path.read_text())
        and not name_of(path).startswith("dashboards/push")
    ]
    assert found == []


def is_naive(call: ast.Call) -> bool:
    """Tell whether a call makes a time without a zone."""
    name = ast.unparse(call.func).removeprefix("datetime.")
    if name in ("datetime.utcnow", "datetime.utcfromtimestamp", "datetime.today", "utcnow"):
        return True
    zone_at = {"datetime.now": 0, "now": 0, "datetime.fromtimestamp": 1, "fromtimestamp": 1}
    if name not in zone_at or not ast.unparse(call.func).startswith("datetime."):
        return False
    return len(call.args) <= zone_at[name] and not any(word.arg == "tz" for word in call.keywords)


@pytest.mark.parametrize(
    ("text", "naive"),
    [
        ("datetime.now()", True),
        ("datetime.now(UTC)", False),
        ("datetime.datetime.now(tz=UTC)", False),
        ("datetime.datetime.utcnow()", True),
        ("datetime.fromtimestamp(0)", True),
        ("datetime.fromtimestamp(0, UTC)", False),
        ("timezone.now()", False),
    ],
)
def test_scan_knows_a_naive_time(text, naive):
    assert is_naive(next(calls(ast.parse(text)))) == naive


def test_no_naive_times():
    found = [
        (name_of(path), call.lineno)
        for path in sources()
        for call in calls(ast.parse(path.read_text()))
        if is_naive(call)
    ]
    assert found == []


def test_services_do_not_sleep():
    found = [
        (name_of(path), call.lineno)
        for path in sources()
        if is_writer(path) and "management" not in path.parts and "demo" not in path.parts
        for call in calls(ast.parse(path.read_text()))
        if ast.unparse(call.func) in ("time.sleep", "sleep")
    ]
    assert found == []


def test_each_index_says_which_query_it_serves():
    found = []
    for path in sources():
        lines = path.read_text().splitlines()
        for number, line in enumerate(lines):
            if re.search(r"\b(models\.Index|GinIndex|GistIndex|BrinIndex)\(", line):
                above = next(text for text in reversed(lines[:number]) if text.strip() != "*(")
                if not above.strip().startswith("#"):
                    found.append((name_of(path), number + 1))
    assert found == []


def test_files_are_short():
    found = {
        name_of(path): count
        for path in sources(*APPS, "tests")
        if (count := len(path.read_text().splitlines()))
        > (TEST_LINES if path.is_relative_to(ROOT / "tests") else LINES)
    }
    assert found == {}


def public_services() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in sources():
        if "services" in path.relative_to(ROOT).as_posix().split("/")[1]:
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    yield name_of(path), node


def test_services_exported_are_documented():
    exported = {
        (package.name, name)
        for app in APPS[:-1]
        if (package := ROOT / app / "services" / "__init__.py").exists()
        for name in re.findall(r'^    "(\w+)",$', package.read_text(), re.MULTILINE)
    }
    names = {name for _, name in exported}
    bare = [
        (path, node.name)
        for path, node in public_services()
        if (node.name in names or path == "accounts/services.py") and not ast.get_docstring(node)
    ]
    assert bare == []


def test_services_exported_take_keywords_only():
    names = {"apply", "apply_steps", "receive", "appoint", "end_post", "add_photo", "load_areas"}
    positional = [
        (path, node.name)
        for path, node in public_services()
        if node.name in names and (node.args.args or node.args.posonlyargs)
    ]
    assert positional == []


@pytest.mark.parametrize("app", [name for name in APPS if name != "governance"])
def test_no_model_orders_itself(app):
    found = [
        model.__name__ for model in apps.get_app_config(app).get_models() if model._meta.ordering
    ]
    assert found == []
