#!/usr/bin/env python3
"""Holds the figures of an evaluation against those that were recorded.

Reads what `shopdesk eval` prints, prints it again, and fails if one of the figures that
evals/recorded.json has for it is worse. A better one is to be recorded there, by hand.
"""

import json
import pathlib
import sys

RECORDED = pathlib.Path(__file__).resolve().parent.parent / "evals" / "recorded.json"


def figure(report, path):
    for step in path.split("."):
        report = report.get(step) if isinstance(report, dict) else None
    return report


def main():
    name = sys.argv[1]
    report = json.load(sys.stdin)
    print(json.dumps(report, ensure_ascii=False))
    recorded = json.loads(RECORDED.read_text())[name]
    # What is there without the model has figures of its own.
    bounds = recorded["with_model" if report.get("with_model", True) else "without_model"]
    failed = False
    for path, (kind, bound) in bounds.items():
        value = figure(report, path)
        holds = value is not None and (value >= bound if kind == "at_least" else value <= bound)
        if not holds:
            failed = True
            print(f"{name}: {path} is {value}, recorded is {kind.replace('_', ' ')} {bound}", file=sys.stderr)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
