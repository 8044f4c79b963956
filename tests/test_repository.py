"""What holds for the repository as a whole: who may import whom, and what is public.

The rules are those of ARCHITECTURE.md. They are read from the source, not from running it.
"""

import ast
import importlib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from groundstate.cli.main import COMMANDS
from groundstate.operation import Service

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"

# Small modules, each named for one thing, that know nothing of the parts below.
BASICS = {"arn", "clock", "config", "ids", "memory", "operation", "principals"}

# What each part may import beside itself and BASICS. A part is a module or package of
# `groundstate`; every service is a part of its own.
MAY_IMPORT = {
    "asl": set(),
    "cloud_assembly": set(),
    "local_template": {"cloud_assembly", "template_text"},
    "template_text": set(),
    "models": set(),
    "session_tokens": set(),
    "store": set(),
    "registry": set(),
    "access": {"gateway", "store"},
    "dispatch": {"registry", "store"},
    "gateway": {"models", "session_tokens"},
    "pages": {"access", "dispatch", "gateway", "store"},
    "services/stepfunctions": {"asl", "models", "store"},
    "services/cloudformation": {"models", "session_tokens", "store", "template_text"},
    "services/*": {"models", "session_tokens", "store"},
    "runtime": {
        *("access", "dispatch", "gateway", "models", "pages", "registry", "services/*"),
        *("session_tokens", "store"),
    },
    "testing": {"cli", "dispatch", "gateway", "models", "runtime", "services/*", "store"},
    "console": {"dispatch", "gateway", "models", "runtime", "store"},
    "cli": {"cloud_assembly", "gateway", "local_template", "runtime", "store"},
}
# Basics that know each other.
BASICS_MAY_IMPORT = {
    "operation": {"clock", "config", "ids", "store"},
    "principals": {"arn", "operation"},
}

# Values in, values out: no I/O, clock, chance, threads or environment.
PURE = (
    "asl", "services/dynamodb/expressions", "services/cloudformation/template", "template_text",
)  # fmt: skip
PURE_BASICS = ("groundstate.arn", "groundstate.operation", "groundstate.template_text")
IMPURE_MODULES = {
    "asyncio", "http", "io", "logging", "os", "pathlib", "random", "secrets", "shutil", "signal",
    "socket", "sqlite3", "subprocess", "sys", "tempfile", "threading", "time", "urllib.request",
    "uuid",
}  # fmt: skip

# Who alone may import a module, and why the others may not.
RESERVED = {
    "sqlite3": ("store",),
    "random": ("ids",),
    "secrets": ("ids",),
    "uuid": ("ids",),
}

# Modules that may break one of the rules above, each with its reason.
LOADS_WHEN_NEEDED = {
    "groundstate.testing.plugin",  # pytest loads plugins in every run, used or not.
}
IMPORTS_BY_NAME = {
    "groundstate.access",  # Services when they are first needed: all together take 150 ms to load.
    "groundstate.asl.jsonata",  # Its library takes time to load, and few need it.
    "groundstate.cli.main",  # The command that is asked for, and no other.
    "groundstate.registry",  # As access.
    "groundstate.runtime",  # The web console, which stands above it, when it is first opened.
}
MAY_USE = {
    # Seeded from its input: the same input gives the same numbers.
    ("groundstate.asl.chance", "random"),
    # Stops an expression that runs too long, and decides nothing else.
    ("groundstate.asl.jsonata.bounds", "time"),
    # Bounds how long evaluations take: what fails at such a bound would fail on AWS, too.
    ("groundstate.asl.effort", "time"),
}
RUNS_ELSEWHERE = {
    "groundstate.services.lambda_.forkserver",  # The process that function environments fork from.
    "groundstate.services.lambda_.python.runtime_client",  # In the processes of functions.
}


class Import(NamedTuple):
    """One import of one module.

    Attributes:
        module: dotted path of what imports.
        target: dotted path of what is imported.
        in_function: it stands inside a function.
        for_types: it stands under `if TYPE_CHECKING`.
    """

    module: str
    path: Path
    target: str
    in_function: bool
    for_types: bool


def source_files() -> list[Path]:
    return sorted((SOURCE / "groundstate").rglob("*.py"))


def module_of(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def part_of(module: str) -> str:
    """`groundstate.services.iam.policy` is of the part `services/iam`; other packages are parts."""
    names = module.split(".")
    if len(names) < 2:
        return ""
    return "/".join(names[1:3]) if names[1] == "services" else names[1]


def read_imports(path: Path) -> Iterator[Import]:
    module = module_of(path)
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]

    def walk(node: ast.AST, in_function: bool, for_types: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                for name in child.names:
                    yield Import(module, path, name.name, in_function, for_types)
            elif isinstance(child, ast.ImportFrom):
                base = child.module or ""
                if child.level:
                    above = package.split(".")[: len(package.split(".")) - child.level + 1]
                    base = ".".join([*above, *([base] if base else [])])
                for name in child.names:
                    target = f"{base}.{name.name}"
                    known = (SOURCE / target.replace(".", "/")).is_dir() or (
                        SOURCE / f"{target.replace('.', '/')}.py"
                    ).is_file()
                    yield Import(module, path, target if known else base, in_function, for_types)
            else:
                inside = in_function or isinstance(
                    child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
                )
                types = for_types or (
                    isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)
                )
                yield from walk(child, inside, types)

    yield from walk(ast.parse(path.read_text(encoding="utf-8")), False, False)


IMPORTS = [found for path in source_files() for found in read_imports(path)]
OWN_IMPORTS = [found for found in IMPORTS if found.target.split(".")[0] == "groundstate"]


def may_import(part: str, target: str) -> bool:
    """Whether a part may import another one."""
    if target in ("", part) or (target in BASICS and part not in BASICS):
        return True
    if part in BASICS:
        return target in BASICS_MAY_IMPORT.get(part, set())
    generic = "services/*" if part.startswith("services/") else part
    allowed = MAY_IMPORT.get(part, MAY_IMPORT.get(generic, set()))
    return target in allowed or (target.startswith("services/") and "services/*" in allowed)


def test_imports_go_one_way():
    wrong = [
        f"{found.module} imports {found.target}"
        for found in OWN_IMPORTS
        if not may_import(part_of(found.module), part_of(found.target))
    ]
    assert wrong == []


def test_every_part_has_its_place_in_the_order():
    parts = {part_of(module_of(path)) for path in source_files()} - BASICS - {"", "services"}
    unknown = {p for p in parts if p not in MAY_IMPORT and not p.startswith("services/")}
    assert unknown == set()


def test_own_code_is_imported_at_the_top():
    inside = [
        f"{found.module} imports {found.target}"
        for found in OWN_IMPORTS
        if found.in_function and found.module not in LOADS_WHEN_NEEDED
    ]
    assert inside == []


def test_few_import_by_name():
    """Code of ours that is imported by name escapes the other tests: who does so is a decision."""
    others = {
        module_of(path)
        for path in source_files()
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and "import_module" in ast.dump(call.func)
        if not isinstance(name := call.args[0], ast.Constant) or "groundstate" in str(name.value)
    }
    assert others <= IMPORTS_BY_NAME


@pytest.mark.parametrize("place", PURE)
def test_pure_part_does_no_io(place):
    prefix = f"groundstate.{place.replace('/', '.')}"
    impure = [
        f"{found.module} imports {found.target}"
        for found in IMPORTS
        if f"{found.module}.".startswith(f"{prefix}.")
        and {found.target, found.target.split(".")[0]} & IMPURE_MODULES
        and (found.module, found.target) not in MAY_USE
    ]
    assert impure == []


@pytest.mark.parametrize("place", PURE)
def test_pure_part_imports_only_pure_code(place):
    prefix = f"groundstate.{place.replace('/', '.')}"
    service = prefix.rpartition(".")[0]
    reached = {
        f"{found.module} imports {found.target}"
        for found in OWN_IMPORTS
        if f"{found.module}.".startswith(f"{prefix}.")
        and not f"{found.target}.".startswith(f"{prefix}.")
        # A service's nouns, and errors, which are values.
        and not (service.startswith("groundstate.services.") and found.target.startswith(service))
        and found.target not in PURE_BASICS
    }
    assert reached == set()


@pytest.mark.parametrize(("module", "owners"), RESERVED.items())
def test_only_its_owner_imports(module, owners):
    others = [
        found.module
        for found in IMPORTS
        if found.target.split(".")[0] == module
        and part_of(found.module) not in owners
        and (found.module, module) not in MAY_USE
    ]
    assert others == []


@pytest.mark.parametrize(
    ("owner", "words"),
    [
        # `time.monotonic` and `perf_counter` measure spans; they tell no time.
        ("clock", ("time.time(", "time.sleep(", "datetime.now(", "datetime.utcnow(")),
        ("config", ("os.environ", "os.getenv")),
    ],
)
def test_only_its_owner_reads(owner, words):
    """The clock alone tells the time and sleeps; the config alone reads the environment."""
    readers = {
        f"{module_of(path)}: {word}"
        for path in source_files()
        for word in words
        if part_of(module_of(path)) != owner
        and module_of(path) not in RUNS_ELSEWHERE
        and word in path.read_text(encoding="utf-8")
    }
    assert readers == set()


def services() -> list[str]:
    return sorted(
        path.name
        for path in (SOURCE / "groundstate" / "services").iterdir()
        if (path / "__init__.py").is_file()
    )


@pytest.mark.parametrize("name", services())
def test_table_of_operations_holds_what_the_operations_folder_defines(name):
    service: Service = importlib.import_module(f"groundstate.services.{name}").SERVICE
    place = f"groundstate.services.{name}.operations"
    elsewhere = {
        operation
        for operation, entry in service.operations.items()
        if not f"{entry.run.__module__}.".startswith(f"{place}.")
    }
    assert elsewhere == set()


def test_placeholders_of_statements_have_no_numbers():
    """Python 3.12 warns of `?1` with a sequence of values, and 3.14 refuses it; 3.11 is silent."""
    numbered = [
        f"{path.relative_to(ROOT)}: {text}"
        for path in SOURCE.glob("groundstate/store/**/*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(text := node.value, str)
        if re.search(r"\?[0-9]", text)
    ]
    assert numbered == []


def test_public_names_are_decisions():
    """What users build on: the commands. `groundstate.testing` lists its own in `__all__`."""
    assert list(COMMANDS) == [
        "serve",
        "run",
        "deploy",
        "watch",
        "destroy",
        "invoke",
        "executions",
        "logs",
        "tables",
        "console",
        "permissions",
    ]


def test_every_command_has_a_file():
    files = {path.stem for path in (SOURCE / "groundstate" / "cli").glob("*.py")}
    assert set(COMMANDS) <= files


def test_app_knows_nothing_of_groundstate():
    mentions = [
        path.relative_to(ROOT)
        for path in (ROOT / "app").rglob("*")
        if path.suffix in (".py", ".json", ".md", ".txt")
        and "cdk.out" not in path.parts
        and "groundstate" in path.read_text(encoding="utf-8").lower()
    ]
    assert mentions == []


def test_lock_files_name_no_registry():
    for path in (ROOT / "requirements").glob("*.txt"):
        assert "://" not in path.read_text(encoding="utf-8"), path


def test_lock_has_every_dependency():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    locked = (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8").lower()
    names = [re.match(r"[A-Za-z0-9_-]+", line)[0].lower() for line in wanted]
    assert [name for name in names if f"\n{name}==" not in locked] == []
