"""Holds the workspace against the invariants of docs/ARCHITECTURE.md. Prints every breach."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import import_loops

# Which member may depend on which. Tests may use what they like of the layers below.
ALLOWED_EDGES = {
    "domain": set(),
    "backend": {"domain"},
    "app": {"domain", "backend"},
    "server": {"domain", "backend", "app"},
    "bench": {"domain", "backend", "server"},
    "widget": {"domain"},
}

# What must not be compiled into a crate: (what, cargo tree's arguments, patterns of crate names).
SERVER_ONLY = r"sqlx.*|tokio|axum.*|backend|server"
ABSENT = [
    ("domain", ["-p", "domain"], rf"{SERVER_ONLY}|leptos.*|reqwest|hyper"),
    (
        "widget",
        ["-p", "widget", "--target", "wasm32-unknown-unknown"],
        SERVER_ONLY,
    ),
    (
        "app[hydrate]",
        ["-p", "app", "--no-default-features", "--features", "hydrate"]
        + ["--target", "wasm32-unknown-unknown"],
        SERVER_ONLY,
    ),
]

SQL_FILES = {"queries.rs", "search.rs"}
# Statements about the database itself, which belong to no noun: pragmas and transactions; a
# database for each test.
DATABASE_FILES = {
    *(Path("crates/backend/src/db", name) for name in ("query.rs", "tx.rs", "writer.rs")),
    Path("crates/backend/src/db.rs"),
    Path("crates/backend/src/testing.rs"),
}
# The SQL of the second noun in a room.
MORE_SQL_FILES = {Path("crates/backend/src/conversations/messages.rs")}
SQL = re.compile(r"\bsqlx::(query|raw_sql)|\buse sqlx::.*\b(query|raw_sql)")
FORBIDDEN_IN_TESTS = re.compile(r"#\[\s*(ignore|should_panic)\b")


def cargo(*arguments):
    result = subprocess.run(["cargo", *arguments], stdout=subprocess.PIPE, text=True)
    if result.returncode:
        sys.exit(f"cargo {arguments[0]} failed")
    return result.stdout


def edges():
    packages = json.loads(cargo("metadata", "--format-version", "1", "--no-deps", "--locked"))[
        "packages"
    ]
    members = {package["name"] for package in packages}
    for name in sorted(members - ALLOWED_EDGES.keys()):
        yield f"{name}: a new member; say in {Path(__file__).name} what it may depend on"
    for package in packages:
        allowed = ALLOWED_EDGES.get(package["name"], members)
        for dependency in package["dependencies"]:
            if dependency["kind"] is None and dependency["name"] in members - allowed:
                yield f"{package['name']} must not depend on {dependency['name']}"


def absent_crates():
    for what, arguments, pattern in ABSENT:
        tree = cargo(
            *["tree", "--locked", "--edges", "normal,no-proc-macro", "--prefix", "none"],
            *["--format", "{p}", *arguments],
        )
        names = {line.split()[0] for line in tree.splitlines() if line}
        for name in sorted(names):
            if re.fullmatch(pattern, name):
                yield f"{what} must not contain {name}: cargo tree {' '.join(arguments)} -i {name}"


def sources(pattern):
    for top in ("crates", "app", "server", "bench", "widget"):
        yield from sorted(Path(top).rglob(pattern))


def is_test(path):
    return "tests" in path.parts or path.name == "tests.rs"


def rust_lines():
    for path in sources("*.rs"):
        may_hold_sql = path.name in SQL_FILES or path in DATABASE_FILES | MORE_SQL_FILES or is_test(path)
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if FORBIDDEN_IN_TESTS.search(line):
                yield f"{path}:{number}: a test runs or it goes: no ignore, no should_panic"
            if not may_hold_sql and SQL.search(line):
                yield f"{path}:{number}: SQL belongs into queries.rs (or search.rs)"


def server_functions():
    """Answers are read by the browser's own parser: docs/DESIGN.md, "How do the files of the front ends keep their size?"."""
    for path in sorted(Path("app").rglob("*.rs")):
        for function in re.finditer(r"#\[server\([^\]]*\]", path.read_text()):
            if "output = Answer" not in function.group():
                yield f"{path}: {' '.join(function.group().split())} lacks output = Answer"


def lock_files():
    for path in Path(".").glob("*/package-lock.json"):
        if '"resolved"' in path.read_text():
            yield f"{path}: has download addresses; npm install with omit-lockfile-registry-resolved"


def unused_versions():
    """What the workspace names a version of and no member asks for; cargo-machete looks into members."""
    workspace = tomllib.loads(Path("Cargo.toml").read_text())["workspace"]
    members = [Path(member, "Cargo.toml") for member in workspace["members"]]
    manifests = [tomllib.loads(member.read_text()) for member in members]
    kinds = ("dependencies", "dev-dependencies", "build-dependencies")
    used = {name for manifest in manifests for kind in kinds for name in manifest.get(kind, {})}
    for name in sorted(workspace["dependencies"].keys() - used):
        yield f"Cargo.toml: no member uses {name}"


def front_ends():
    """scripts/build.sh makes what ships, cargo-leptos what developers watch: the same files."""
    for project in tomllib.loads(Path("Cargo.toml").read_text())["workspace"]["metadata"]["leptos"]:
        name = project["name"]
        script = f"""
            CARGO_TARGET_DIR=CARGO_TARGET_DIR
            source scripts/build.sh
            front_settings {name}
            printf '%s\\n' "dist/{name}" "$FRONT_NAME" "$FRONT_DIR" "$FRONT_STYLE" "$FRONT_ASSETS" \\
                "$FRONT_TARGET" "${{FRONT_FEATURES[*]}}"
        """
        run = subprocess.run(["bash", "-c", script], stdout=subprocess.PIPE, text=True, check=True)
        features = project["lib-features"]
        watched = [
            project["site-root"],
            project["output-name"],
            project["site-pkg-dir"],
            project["style-file"],
            project.get("assets-dir", ""),
            project.get("front-target-dir", "CARGO_TARGET_DIR/front"),
            " ".join(["--no-default-features", *(["--features", *features] if features else [])]),
        ]
        for built, wanted in zip(run.stdout.splitlines(), watched, strict=True):
            if built != wanted:
                yield f"{name}: scripts/build.sh says {built!r}, Cargo.toml {wanted!r}"


breaches = [*edges(), *absent_crates(), *unused_versions(), *front_ends(), *server_functions(), *rust_lines(), *lock_files(), *import_loops.find()]
print(*breaches, sep="\n", end="\n" if breaches else "")
sys.exit(1 if breaches else 0)
