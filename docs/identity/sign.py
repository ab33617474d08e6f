# Python 3, nothing to install.
#   SHOPDESK_IDENTITY_SECRET=identity_… python3 sign.py cus_42 jane@example.com "Jane Doe"
import base64
import hashlib
import hmac
import json
import os
import sys
import time


def sign(secret, customer):
    def part(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    header = {"alg": "HS256", "typ": "JWT"}
    claims = {**customer, "exp": int(time.time()) + 15 * 60}
    content = ".".join(part(json.dumps(value).encode()) for value in (header, claims))
    signature = hmac.new(secret.encode(), content.encode(), hashlib.sha256).digest()
    return f"{content}.{part(signature)}"


if __name__ == "__main__":
    customer_id, email, name = sys.argv[1:]
    secret = os.environ["SHOPDESK_IDENTITY_SECRET"]
    print(sign(secret, {"customer_id": customer_id, "email": email, "name": name}))
