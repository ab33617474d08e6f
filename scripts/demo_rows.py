"""Gives the demo shop at ADDRESS what requests of each operation can be about, and prints the ids
that aren't known before as NAME=ID, for scripts/schemathesis.toml. The others stand there.

What the document's examples name is made under the ids that they have, so that examples that name
one another are answered as they should be. What is deleted is made for that alone.
"""

import json
import sys
import urllib.request

ADDRESS = sys.argv[1]


def uuid(end):
    return f"01a20000-0000-7000-8000-0000000000{end}"


def ask(method, path, body=None):
    request = urllib.request.Request(f"{ADDRESS}/api/v1{path}", method=method)
    request.add_header("Authorization", "Bearer demo-api-key")
    if body is not None:
        request.add_header("Content-Type", "application/json")
        request.data = json.dumps(body).encode()
    with urllib.request.urlopen(request) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def make(path, end, **what):
    ask("POST", path, {"id": uuid(end), **what})


make("/faq/categories", "06", name="Care")
make("/faq/categories", "d1", name="Care, once more")
question = {"category_id": uuid("06"), "question": "How do I wash it?", "answer": "By hand."}
make("/faq/items", "07", **question)
make("/faq/items", "d2", **question)

# The example's keyword is that of one that the demo has.
for canned in ask("GET", "/canned-responses")["items"]:
    if canned["keyword"] == "refund":
        ask("DELETE", f"/canned-responses/{canned['id']}")
make("/canned-responses", "08", keyword="refund", title="Refund", text="It is on its way.")
make("/canned-responses", "d3", keyword="exchange", title="Exchange", text="It is on its way.")

make("/tags", "40", name="Refund", colour="amber")
make("/tags", "d4", name="Exchange", colour="amber")
make("/team/invitations", "d6", email="ann@example.com", role="agent")

# Nobody listens there, so each is tried in vain.
nobody = {"address": "http://127.0.0.1:9/", "events": ["message.created"]}
make("/webhooks", "31", **nobody)
make("/webhooks", "d5", **nobody)

conversation = ask("GET", "/conversations?limit=1")["items"][0]
ask("POST", f"/conversations/{conversation['id']}/tags", {"tag_id": uuid("40")})
make(f"/conversations/{conversation['id']}/messages", "05", body="We do, within three days.")
delivery = ask("GET", f"/webhooks/{uuid('31')}/deliveries")["items"][0]

print(f"CONVERSATION_ID={conversation['id']}")
print(f"VISITOR_ID={conversation['visitor']['id']}")
print(f"DELIVERY_ID={delivery['id']}")
