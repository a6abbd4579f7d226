"""Messages by webhook: posted as JSON to an address of the rule."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from urllib.parse import urlsplit

from ingest.alert.letter import Letter
from ingest.alert.moment import Now
from ingest.outside.address import allowed
from ingest.outside.request import Patience, ask
from ingest.outside.secret import secret
from twin.errors import SecretError, Unreachable, UnsafeDelivery
from twin.language import Text

SIGNATURE, TIMESTAMP, IDEMPOTENCY = "X-Twin-Signature", "X-Twin-Timestamp", "Idempotency-Key"
"""Headers: HMAC of what was sent, when it was, and the id of the message."""

_PATIENCE = Patience(idle=10.0, total=15.0)
_TOKEN = re.compile(r"[\x21-\x7e]{1,4096}")
_BAD_TOKEN = Text(
    "ein Zugangsschlüssel besteht aus Zeichen des ASCII ohne Leerstellen.",
    "a token consists of ASCII characters without blanks.",
)
_IN_CLEAR = Text(
    "es geht nicht unverschlüsselt hinaus: erwartet https://, oder ein Host des eigenen Netzes (TWIN_ALLOW_HOSTS).",
    "it is not sent in clear: expected https://, or a host of the own network (TWIN_ALLOW_HOSTS).",
)
_ANSWERED = Text("der Webhook antwortet {status}", "the webhook answers {status}")


def post(letter: Letter, now: Now) -> None:
    """Post a letter to its rule's webhook.

    The rule's secret is sent as a bearer token, to that host and no other; or it signs: `SIGNATURE` is then ``sha256=``
    and the HMAC-SHA256 of the timestamp, a dot and the body, by which the receiver knows who sent it and when.

    Raises
    ------
    UnsafeDelivery
        If the address is not public.
    Unreachable
        If nobody answers, or not with a status of 200 to 299. What is posted is not posted again elsewhere, so a
        redirection is no success.
    SecretError
        If the secret is not there, or would be sent in clear over the internet.
    """
    rule = letter.rule
    body = json.dumps(letter.content(), ensure_ascii=False, allow_nan=False).encode()
    stamp = str(now.micros // 1_000_000)
    headers = {"Content-Type": "application/json; charset=utf-8", TIMESTAMP: stamp}
    if letter.events:
        headers[IDEMPOTENCY] = letter.letter_id
    private = {}
    if rule.secret:
        token = secret(rule.secret)
        if rule.signed:
            signed = hmac.new(token.encode(), stamp.encode() + b"." + body, hashlib.sha256)
            private[SIGNATURE] = f"sha256={signed.hexdigest()}"
        elif urlsplit(rule.webhook).scheme != "https" and not allowed(urlsplit(rule.webhook).hostname or ""):
            raise SecretError(reference=rule.secret, problem=_IN_CLEAR)
        elif _TOKEN.fullmatch(token):
            private["Authorization"] = f"Bearer {token}"
        else:
            # The http library would say what it finds wrong with a header, and the header with it.
            raise SecretError(reference=rule.secret, problem=_BAD_TOKEN)
    # The path of a webhook is often all that opens it, so what goes wrong is said of its host.
    shown = f"{urlsplit(rule.webhook).scheme}://{urlsplit(rule.webhook).hostname}"
    try:
        with ask(
            rule.webhook, method="POST", headers=headers, private=private, body=body, patience=_PATIENCE
        ) as answer:
            if not 200 <= answer.status < 300:
                raise Unreachable(file=shown, found=_ANSWERED.filled(status=answer.status))
    except (Unreachable, UnsafeDelivery) as problem:
        raise type(problem)(**{**problem.fields, "file": shown}) from None
