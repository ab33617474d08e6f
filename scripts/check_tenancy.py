"""Holds every SQL statement about a store's data to naming the store. Prints every breach.

Which tables are a store's comes from the schema: those with a column store_id. A statement names the
store if it compares store_id, or sets it in an INSERT. What may do otherwise is listed here, with the
reason; an exception that is no longer needed is a breach, too.
"""

import re
import sys
from pathlib import Path

BACKEND = Path("crates/backend")
SCHEMA = BACKEND / "migrations/sqlite"

WORKERS = "workers take every store's work in turn; the row says whose it is"

INDEXER = "the indexer takes every store's texts in turn; the row says whose it is"

WATCH = "waits are looked for in every store that promises something; the row says which"

PRESENCE = "who is there is noted for a person or a time, in every store; the row says which"

RULES = "waits are looked for in every store that gives by a rule; the row says which"

# File below crates/backend/src: the functions and constants whose statements name no store, and why.
EXCEPTIONS = {
    "alarms/queries.rs": (["promises"], WATCH),
    "api_keys/queries.rs": (["by_token"], "a key's secret token leads to the store"),
    "jobs/dialect/postgres.rs": (["WAITING"], WORKERS),
    "jobs/dialect/sqlite.rs": (["FINISH", "WAITING"], WORKERS),
    "jobs/queries.rs": (
        ["abandoned", "bury", "end_leases", "finish", "give_back", "outlook", "put_back"]
        + ["release_abandoned", "release_due", "renew", "start_next"],
        WORKERS,
    ),
    "presence/queries.rs": (["connections_of", "is_any_gone"], PRESENCE),
    "search/dialect/postgres.rs": (["TEXTS", "NAMES", "NUMBERS", "TAKE"], INDEXER),
    "search/dialect/sqlite.rs": (["TEXTS", "NAMES", "NUMBERS", "TAKE"], INDEXER),
    "search/index/queries.rs": (["older", "waiting"], INDEXER),
    "visitors/queries.rs": (["by_token"], "a visitor's secret token leads to the store"),
}
EXCUSED = {(file, name) for file, (names, _) in EXCEPTIONS.items() for name in names}

# Beside the dialects' folders.
SQL_FILES = {"queries.rs", "messages.rs", "dialect.rs"}
TABLE = re.compile(r"CREATE TABLE (\w+) \((.*?)\n\);", re.DOTALL)
LITERAL = re.compile(r'r(#*)"(?P<raw>.*?)"\1|"(?P<plain>(?:[^"\\]|\\.)*)"', re.DOTALL)
FUNCTION = re.compile(r"\bfn (\w+)|\bconst (\w+)\s*:")
COMMENT = re.compile(r"^\s*//.*$", re.MULTILINE)
NAMED = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+(?:ONLY\s+)?(\w+)", re.IGNORECASE)
COMPARED = re.compile(
    r"\bstore_id\s*(?:=|IN\b|,[^()]*\)\s*(?:=|IN\b))"
    r"|=\s*(?:\w+\.)?store_id\b"
    r"|USING\s*\([^()]*\bstore_id\b"
)
INSERTED = re.compile(r"\bINTO\s+\w+\s*\([^()]*\bstore_id\b", re.IGNORECASE)


def tables_of_stores():
    schema = "".join(path.read_text() for path in sorted(SCHEMA.glob("*.sql")))
    has_store = re.compile(r"^\s*store_id\s", re.MULTILINE)
    return {name for name, columns in TABLE.findall(schema) if has_store.search(columns)}


def sources():
    for path in sorted((BACKEND / "src").rglob("*.rs")):
        if path.name in SQL_FILES or "dialect" in path.parts:
            yield path


def statements(text):
    """Each statement with the function it stands in."""
    text = COMMENT.sub("", text)
    for literal in LITERAL.finditer(text):
        before = list(FUNCTION.finditer(text, 0, literal.start()))
        name = next((group for group in before[-1].groups() if group), "") if before else ""
        for statement in (literal["raw"] or literal["plain"] or "").split(";"):
            yield name, statement


def breaches():
    tables = tables_of_stores()
    needed = set()
    for path in sources():
        for name, statement in statements(path.read_text()):
            touched = tables.intersection(NAMED.findall(statement))
            if not touched or COMPARED.search(statement) or INSERTED.search(statement):
                continue
            where = (path.relative_to(BACKEND / "src").as_posix(), name)
            if where in EXCUSED:
                needed.add(where)
            else:
                tables_named = ", ".join(sorted(touched))
                yield f"{path}: {name} touches {tables_named} and names no store"
    for file, name in sorted(EXCUSED - needed):
        yield f"{Path(__file__).name}: {name} in {file} needs no exception"


found = list(breaches())
print(*found, sep="\n", end="\n" if found else "")
sys.exit(1 if found else 0)
