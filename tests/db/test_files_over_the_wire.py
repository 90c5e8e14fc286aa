"""A large file over the real web server, which is killed in the middle: what was sent is not sent again."""

from __future__ import annotations

import base64
import json
import random
import urllib.error
import urllib.request
from typing import Any

import pytest

from cpims.attachments.models import Attachment
from tests.cast import PASSWORD, register, set_the_stage
from tests.conftest import _FOLDER
from tests.files import announced, put_file_form
from tests.running import LiveServer, start_server

LOG = _FOLDER / "instance" / "log" / "web-files.log"
PIECE = 1 << 20


class Device:
    """Amina's, with the credentials that integrations use."""

    def __init__(self) -> None:
        self.key = base64.b64encode(f"amina:{PASSWORD}".encode()).decode()
        self.sent = 0

    def ask(
        self,
        server: LiveServer,
        method: str,
        path: str,
        body: bytes | None = None,
        kind: str = "application/json",
        **more: str,
    ) -> tuple[int, Any, Any]:
        """Status, headers and body of one request."""
        head = {"Authorization": f"Basic {self.key}", "Content-Type": kind, **more}
        request = urllib.request.Request(server.url + path, data=body, method=method, headers=head)
        try:
            with urllib.request.urlopen(request, timeout=120) as reply:
                return reply.status, reply.headers, reply.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def send(self, server: LiveServer, upload: str, content: bytes, start: int, stop: int) -> None:
        """Some pieces."""
        for offset in range(start, stop, PIECE):
            piece = content[offset : min(offset + PIECE, stop)]
            path = f"/api/cpims/v1/uploads/{upload}/{offset}"
            status, _, told = self.ask(server, "PUT", path, piece, "application/octet-stream")
            assert status == 200, told
            self.sent += len(piece)


def test_a_server_that_dies_does_not_cost_what_was_sent(committed_db: str) -> None:
    set_the_stage()
    put_file_form()
    case, device = register(), Device()
    letters = random.Random(7)
    content = base64.b64encode(letters.randbytes(7_000_000)) + b"\n"
    told = announced(content, case.id, field="other_documents", kind="document")
    begin = json.dumps({"data": told}).encode()
    first = start_server(committed_db, LOG)
    try:
        status, _, answer = device.ask(first, "POST", "/api/cpims/v1/uploads", begin)
        assert status == 200, (status, answer, LOG.read_text()[-2000:])
        assert json.loads(answer)["data"]["received"] == 0
        device.send(first, told["id"], content, 0, 5 * PIECE)
    finally:
        first.process.kill()
        first.stop()
    second = start_server(committed_db, LOG)
    try:
        status, _, answer = device.ask(second, "POST", "/api/cpims/v1/uploads", begin)
        received = json.loads(answer)["data"]["received"]
        assert (status, received) == (200, 5 * PIECE)
        device.send(second, told["id"], content, received, len(content))
        assert device.sent == len(content)
        status, _, answer = device.ask(second, "POST", f"/api/cpims/v1/uploads/{told['id']}/finish", b"")
        assert (status, json.loads(answer)["data"]["state"]) == (200, "ready"), answer
        values = {"upload": told["id"], "field_name": "other_documents", "file_name": "letters.txt"}
        item = {"id": "k", "action": "attach_file", "arguments": {"case_id": str(case.id), "values": values}}
        status, _, answer = device.ask(
            second, "POST", "/api/cpims/v1/sync/deliver", json.dumps({"items": [item]}).encode()
        )
        assert json.loads(answer)["data"][0]["outcome"] == "accepted", answer
        path = f"/api/v2/cases/{case.id}/attachments/{Attachment.objects.get().pk}"
        status, headers, part = device.ask(second, "GET", path, Range="bytes=3000000-3000099", Accept_Encoding="gzip")
        assert (status, part) == (206, content[3_000_000:3_000_100])
        assert headers["Content-Range"] == f"bytes 3000000-3000099/{len(content)}"
        status, headers, whole = device.ask(second, "GET", path)
        assert (status, whole == content, headers["Content-Length"]) == (200, True, str(len(content)))
    finally:
        second.stop()


@pytest.mark.parametrize("megabytes", [14, 21])
def test_a_whole_file_in_one_request_up_to_the_limit(committed_db: str, megabytes: int) -> None:
    set_the_stage()
    put_file_form()
    case, device = register(), Device()
    content = (b"Noor lives with her aunt. " * (megabytes * 42_000))[: megabytes * 1_048_576]
    values = {"field_name": "other_documents", "attachment_type": "document", "file_name": "a.txt"}
    body = json.dumps({"data": values | {"attachment": base64.b64encode(content).decode()}}).encode()
    server = start_server(committed_db, LOG)
    try:
        status, _, told = device.ask(server, "POST", f"/api/v2/cases/{case.id}/attachments", body)
        if megabytes > 20:
            assert (status, json.loads(told)["errors"][0]["code"]) == (422, "attachment.too_large")
        else:
            assert (status, json.loads(told)["data"]["size"]) == (200, len(content)), told[:300]
    finally:
        server.stop()
