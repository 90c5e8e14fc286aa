"""Another web client of the contract, served from a folder: its pages and files, and nothing beside them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from cpims.lib.json import loads
from tests.api.client import as_

V1 = "/api/cpims/v1"
PAGE = """<!doctype html>
<html><head><title>Other</title><meta charset="utf-8"><script>window.a = "é";</script>
<script src="/packs/app-0123456789ab.js"></script></head><body><div id="root"></div></body></html>"""


@pytest.fixture
def other(tmp_path: Path, cast: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "other"
    (root / "packs").mkdir(parents=True)
    (root / "index.html").write_text(PAGE, encoding="utf-8")
    (root / "packs" / "app-0123456789ab.js").write_text("1;")
    (root / "robots.txt").write_text("nobody")
    (root / ".secret").write_text("hidden")
    (tmp_path / "outside.txt").write_text("outside")
    (root / "link.txt").symlink_to(tmp_path / "outside.txt")
    environment = replace(django_settings.ENVIRONMENT, other_client=root.resolve())
    monkeypatch.setattr(django_settings, "ENVIRONMENT", environment)
    return root


@pytest.mark.parametrize("path", ["/", "/v2", "/v2/", "/v2/cases/abc", "/v2/login/primeroims", "/index.html"])
def test_its_pages(other: Path, path: str) -> None:
    reply = as_(None).get(path)
    text = reply.raw.decode()
    assert reply.status == 200 and reply.headers["Content-Type"].startswith("text/html")
    assert text.index("/client-settings.js") < text.index("window.a")
    assert text.replace('<script src="/client-settings.js"></script>', "") == PAGE
    policy = reply.headers["Content-Security-Policy"]
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "'unsafe-inline'" not in scripts and scripts.count("'sha256-") == 1
    assert reply.headers["Cache-Control"] == "no-cache"


def test_its_files(other: Path) -> None:
    nobody = as_(None)
    script = nobody.get("/packs/app-0123456789ab.js")
    assert (script.raw, script.headers["Cache-Control"]) == (b"1;", "public, max-age=31536000, immutable")
    robots = nobody.get("/robots.txt")
    assert (robots.raw, robots.headers["Cache-Control"]) == (b"nobody", "no-cache")
    assert nobody.get("/robots.txt", **{"If-None-Match": robots.headers["ETag"]}).status == 304
    assert nobody.send("POST", "/robots.txt").status == 405
    assert nobody.get("/login/primeroims").headers["Location"] == "/v2/login/primeroims"


@pytest.mark.parametrize(
    "path",
    [
        "/../outside.txt", "/%2e%2e/outside.txt", "/packs/..%2f..%2foutside.txt", "/v2/../../outside.txt", "/link.txt",
        "/.secret", "/%2esecret", "/..%5coutside.txt", "//etc/passwd", "/%00", "/packs", "/packs/none.js",
        "/v2/none.js", "/nowhere", "/api/v2/nowhere", "/healthy",
    ],
)  # fmt: skip
def test_nothing_but_the_folder(other: Path, path: str) -> None:
    reply = as_(None).get(path)
    assert reply.status == 404 or (reply.status == 200 and b"window.a" in reply.raw and "/v2/.." in path)
    assert b"outside" not in reply.raw.replace(b"outside.txt", b"") and b"hidden" not in reply.raw


def test_what_the_server_tells_it(other: Path) -> None:
    script = as_(None).get("/client-settings.js").raw.decode()
    place = as_("amina").get(f"{V1}/session").data["places"]
    assert f'window.locationManifest = "{place}";' in script and "window.useTheme = false;" in script
    assert as_(None).get("/theme").headers["Content-Type"].startswith("text/javascript")
    assert loads(as_(None).get("/manifest").raw)["start_url"] == "/"
    (other / "manifest.json").write_text('{"name": "Other"}')
    assert loads(as_(None).get("/manifest.json").raw) == {"name": "Other"}


def test_our_own_client_stays(other: Path) -> None:
    assert b"window.a" not in as_(None).get("/app/").raw
    assert as_(None).get("/app").headers["Location"] == "/app/"


def test_without_one_everything_leads_to_ours(cast: None) -> None:
    nobody = as_(None)
    for path in ("/", "/v2", "/v2/cases"):
        assert nobody.get(path).headers["Location"] == "/app/"
    assert nobody.get("/robots.txt").status == 404
    manifest = nobody.get("/manifest.json")
    assert loads(manifest.raw)["start_url"] == "/app/"
