#!/usr/bin/env python3
"""Copies the recorded replies of a real Medusa into the tests that read them.

    scripts/medusa_samples.py ../shared/medusa/samples

A recording holds the request that was sent, with the key and the address of that server.
Of it only the method and the path stay; of the reply its status and its body, word for word.
"""

import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

TO = Path(__file__).parent.parent / "server/tests/door/shops/samples"


def kept(recording):
    request, response = recording["request"], recording["response"]
    url = urlsplit(request["url"])
    path = url.path + (f"?{url.query}" if url.query else "")
    return {
        "request": {"method": request["method"], "path": path},
        "response": {"status": response["status"], "body": response["body"]},
    }


def main(source):
    for file in sorted(Path(source).glob("*.json")):
        recording = kept(json.loads(file.read_text()))
        text = json.dumps(recording, indent=1, ensure_ascii=False)
        (TO / file.name).write_text(text + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
