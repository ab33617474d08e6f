"""Finds loops of imports between the Rust files of a crate.

A file imports another when it names something that is defined there: by `use`, or by a path in
its code. A name that is passed on with `pub use` is followed to the file that defines it; `mod x;`
alone is no import, and neither is a `use` of a module until something of that module is named.
Tests are left out: what only tests name makes no loop.
"""

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

# Loops that docs/DESIGN.md defends: a set of files, and the heading there that says why.
DEFENDED = {}

TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*)
      | (?P<comment>/\*)
      | (?P<string>b?c?r(?P<hashes>\#*)".*?"(?P=hashes)(?!\#)|[bc]?"(?:\\.|[^"\\])*"|b?'(?:\\(?:u\{[^}]*\}|x..|.)|[^'\\])')
      | (?P<life>'\w+)
      | (?P<word>(?:r\#)?[A-Za-z_]\w*)
      | (?P<number>\d[\w.]*)
      | (?P<other>::|.)""",
    re.VERBOSE | re.DOTALL,
)
ITEMS = {"fn", "struct", "enum", "union", "trait", "type", "const", "static"}
CLOSING = {"(": ")", "[": "]", "{": "}"}


def tokens(source):
    """Words and punctuation with their lines; comments and literals are left out."""
    found, at, line = [], 0, 1
    while at < len(source):
        match = TOKEN.match(source, at)
        end = match.end()
        if match.lastgroup == "comment" or match["comment"]:
            depth = 1
            while depth and end < len(source):
                step = re.compile(r"/\*|\*/").search(source, end)
                if not step:
                    end = len(source)
                    break
                depth += 1 if step.group() == "/*" else -1
                end = step.end()
        elif match["word"] or match["other"]:
            found.append((match.group().removeprefix("r#"), line))
        elif match["string"]:
            found.append(('""', line))
        line += source.count("\n", at, end)
        at = end
    return found


def closing(words, at):
    """The position after the bracket that closes the one at `at`."""
    open_brackets = []
    while at < len(words):
        word = words[at][0]
        if word in CLOSING:
            open_brackets.append(CLOSING[word])
        elif open_brackets and word == open_brackets[-1]:
            open_brackets.pop()
            if not open_brackets:
                return at + 1
        at += 1
    return at


def end_of_item(words, at):
    """The position after the item at `at`, its other attributes included."""
    while at < len(words):
        word = words[at][0]
        if word == ";":
            return at + 1
        if word == "{":
            return closing(words, at)
        if word in ")]}":
            return at
        at = closing(words, at) if word in CLOSING else at + 1
    return at


def without_tests(words):
    """Drops the items that are compiled for tests only."""
    kept, at = [], 0
    while at < len(words):
        if words[at][0] == "#" and words[at + 1 : at + 2] and words[at + 1][0] == "[":
            end = closing(words, at + 1)
            attribute = [word for word, _ in words[at:end]]
            if attribute[2:3] == ["test"] or attribute[2:4] == ["tokio", "::"]:
                at = end_of_item(words, end)
            elif attribute[2:4] == ["cfg", "("] and "test" in attribute and "not" not in attribute:
                at = end_of_item(words, end)
            else:
                at = end
            continue
        kept.append(words[at])
        at += 1
    return kept


@dataclass
class Module:
    path: tuple
    file: str
    children: set = field(default_factory=set)
    items: set = field(default_factory=set)
    # What a name stands for: name -> path as written.
    names: dict = field(default_factory=dict)
    globs: list = field(default_factory=list)
    # Paths in the code: (path as written, file, line).
    paths: list = field(default_factory=list)


class Crate:
    """The modules of one crate, from its root file down. `read` gives a file's text or None."""

    def __init__(self, root, read):
        self.read = read
        self.modules = {}
        self.folder = root.rsplit("/", 1)[0]
        self.load((), root, self.folder)

    def load(self, path, file, folder):
        source = self.read(file)
        if source is not None:
            self.parse(path, file, folder, without_tests(tokens(source)))

    def parse(self, path, file, folder, words):
        module = self.modules.setdefault(path, Module(path, file))
        at = 0
        while at < len(words):
            word, line = words[at]
            following = words[at + 1][0] if at + 1 < len(words) else ""
            before = words[at - 1][0] if at else ""
            if word == "pub" and following == "(":
                at = closing(words, at + 1)
            elif word == "mod" and before != "::" and re.match(r"\w", following):
                at = self.child(module, file, folder, words, at)
            elif word == "use" and before not in ("::", "+", "<"):
                end = at
                while end < len(words) and words[end][0] != ";":
                    end += 1
                self.use(module, file, words[at + 1 : end], [])
                at = end + 1
            elif word == "macro_rules" and following == "!":
                module.items.add(words[at + 2][0])
                at = closing(words, at + 3)
            elif word in ITEMS and re.match(r"\w", following):
                module.items.add(following)
                at += 2
            elif re.match(r"[A-Za-z_]", word) and following == "::" and before != "::":
                segments = [word]
                at += 1
                while at + 1 < len(words) and words[at][0] == "::":
                    if not re.match(r"[A-Za-z_]", words[at + 1][0]):
                        break
                    segments.append(words[at + 1][0])
                    at += 2
                if len(segments) > 1:
                    module.paths.append((segments, file, line))
            else:
                at += 1

    def child(self, module, file, folder, words, at):
        name = words[at + 1][0]
        path = (*module.path, name)
        below = f"{folder}/{name}"
        after = words[at + 2][0] if at + 2 < len(words) else ""
        if after == ";":
            module.children.add(name)
            plain = f"{folder}/{name}.rs"
            self.load(path, plain if self.read(plain) is not None else f"{below}/mod.rs", below)
            return at + 3
        if after == "{":
            module.children.add(name)
            end = closing(words, at + 2)
            self.parse(path, file, below, words[at + 3 : end - 1])
            return end
        return at + 2

    def use(self, module, file, words, prefix):
        """One `use` tree, without the word itself."""
        path, at = list(prefix), 0
        while at < len(words):
            word, line = words[at]
            if word == "{":
                end = closing(words, at)
                for part in split(words[at + 1 : end - 1]):
                    self.use(module, file, part, path)
                return
            if word == "*":
                module.globs.append(path)
                module.paths.append(([*path, "*"], file, line))
                return
            if word == "as":
                self.bind(module, file, words[at + 1][0], path, line)
                return
            if word != "::":
                path.append(word)
            at += 1
        if path:
            if path[-1] == "self":
                path.pop()
            self.bind(module, file, path[-1], path, words[-1][1])

    def bind(self, module, file, name, path, line):
        if name != "_":
            module.names[name] = path
        module.paths.append((path, file, line))

    def resolve(self, module, path, seen=()):
        """(module, name) that `path`, as written in `module`, stands for; name is None for a module
        itself. None if it isn't of this crate."""
        first, rest = path[0], path[1:]
        if first == "crate":
            return self.walk(self.modules[()], rest, seen)
        if first == "self":
            return self.walk(module, rest, seen)
        if first == "super":
            above = self.modules.get(module.path[:-1]) if module.path else None
            while above and rest and rest[0] == "super":
                above = self.modules.get(above.path[:-1]) if above.path else None
                rest = rest[1:]
            return self.walk(above, rest, seen) if above else None
        if first in module.children or first in module.items or first in module.names:
            # `use name::…` can stand for a crate of that name; it names itself then.
            return self.walk(module, path, seen)
        for glob in module.globs:
            found = self.through_glob(module, glob, path, seen)
            if found:
                return found
        return None

    def walk(self, module, path, seen):
        while path:
            name = path[0]
            if name == "*":
                return module, "*"
            child = self.modules.get((*module.path, name)) if name in module.children else None
            # A module and, say, a function may share a name; the last name is then the function.
            if child and not (len(path) == 1 and name in module.items):
                module, path = child, path[1:]
                continue
            if name in module.items:
                return module, name
            if name in module.names:
                key = (module.path, name)
                if key in seen:
                    return None
                found = self.resolve(module, module.names[name], (*seen, key))
                if found and found[1] is None:
                    module, path = found[0], path[1:]
                    continue
                return found
            for glob in module.globs:
                found = self.through_glob(module, glob, path, seen)
                if found:
                    return found
            # Made by a macro.
            return module, name
        return module, None

    def through_glob(self, module, glob, path, seen):
        key = (module.path, "*", *glob)
        if key in seen:
            return None
        target = self.resolve(module, glob, (*seen, key))
        if not target or target[1] is not None:
            return None
        known = target[0]
        if path[0] in known.children or path[0] in known.items or path[0] in known.names:
            return self.walk(known, path, (*seen, key))
        return None

    def imports(self):
        """{file: {imported file: [(line, path as written)]}}"""
        graph = {}
        for module in self.modules.values():
            for path, file, line in module.paths:
                # In `use x::y`, x may be bound by that very line: a crate of that name.
                found = self.resolve(module, path)
                if found and found[1] is not None and found[0].file != file:
                    lines = graph.setdefault(file, {}).setdefault(found[0].file, [])
                    lines.append((line, "::".join(path)))
        return graph


def split(words):
    """The parts of a `use` group."""
    parts, depth = [[]], 0
    for word in words:
        if word[0] == "," and not depth:
            parts.append([])
            continue
        depth += {"{": 1, "}": -1}.get(word[0], 0)
        parts[-1].append(word)
    return [part for part in parts if part]


def loops(graph):
    """The strongly connected groups of more than one file (Tarjan), sorted."""
    index, low, on_stack, stack, groups = {}, {}, set(), [], []

    def visit(file):
        index[file] = low[file] = len(index)
        stack.append(file)
        on_stack.add(file)
        for other in graph.get(file, {}):
            if other not in index:
                visit(other)
                low[file] = min(low[file], low[other])
            elif other in on_stack:
                low[file] = min(low[file], index[other])
        if low[file] == index[file]:
            group = []
            while not group or group[-1] != file:
                group.append(stack.pop())
                on_stack.discard(group[-1])
            if len(group) > 1:
                groups.append(sorted(group))

    sys.setrecursionlimit(10_000)
    for file in sorted(graph):
        if file not in index:
            visit(file)
    return sorted(groups)


def describe(group, graph):
    """One loop with the lines that make it."""
    lines = [f"{len(group)} files import each other in a loop:"]
    for file in group:
        for other, places in sorted(graph.get(file, {}).items()):
            if other in group:
                line, path = places[0]
                more = f" and {len(places) - 1} more" if len(places) > 1 else ""
                lines.append(f"  {file}:{line}: {path}{more} -> {other}")
    return "\n".join(lines)


def roots():
    for folder in [*sorted(Path("crates").glob("*")), *map(Path, ("app", "server", "widget", "bench"))]:
        for name in ("lib.rs", "main.rs"):
            if (folder / "src" / name).is_file():
                yield f"{folder}/src/{name}"


def read_from_disk(path):
    file = Path(path)
    return file.read_text() if file.is_file() else None


def find():
    """Every loop of the workspace that nothing defends, in words."""
    for root in roots():
        graph = Crate(root, read_from_disk).imports()
        for group in loops(graph):
            if frozenset(group) not in DEFENDED:
                yield describe(group, graph)


if __name__ == "__main__":
    found = list(find())
    print(*found, sep="\n\n")
    sys.exit(1 if found else 0)
