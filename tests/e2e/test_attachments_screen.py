"""Photos, recordings and signatures on the screen: taken without a network, sent over a line that breaks, seen by whom it concerns."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from playwright.sync_api import Browser, Page, Request, expect

from tests.e2e.phone import Phone
from tests.e2e.proxy import ShapingProxy
from tests.e2e.remains import found, opened
from tests.e2e.screen import Worker
from tests.e2e.test_kept import synced
from tests.e2e.test_offline import with_app_on_the_device
from tests.files import QUESTIONS
from tests.running import LiveServer

#: Nobody is called so: in the camera's notes, in the name of the chosen file, in what she says of it.
CAMERA, CHOSEN, SAID = "Quarzimbelacam", "Vraxolindefile", "Tzumbarakwynsaid"
PIECE = 131_072
ADD = {"en": "Add the file", "ar": "إضافة الملف"}
#: A microphone that hums, so that the browser's own recorder has something to record.
HUM = """() => {
  navigator.mediaDevices.getUserMedia = async () => {
    const sound = new AudioContext();
    const hum = sound.createOscillator();
    const out = sound.createMediaStreamDestination();
    hum.connect(out);
    hum.start();
    return out.stream;
  };
}"""

WHOLE = "async (road) => Array.from(new Uint8Array(await (await fetch(road)).arrayBuffer()))"


@pytest.fixture
def file_form(demo_db: None) -> Iterator[None]:
    """The forms for files, with a signature, and papers that only case workers read; afterwards the site is as before."""
    from cpims.forms.models import Field, Form, FormGrant
    from cpims.settings.models import Instance
    from tests.cast import text

    name = "consent_signature"
    form = Form.objects.get(unique_id="photos_and_audio")
    signature = Field.objects.create(form=form, name=name, type=QUESTIONS[name], order=9, display_name=text(name))
    chantal = FormGrant.objects.get(form__unique_id="other_documents", role__unique_id="role-cp-manager")
    chantal.delete()
    instance = Instance.objects.get()
    instance.configuration += 1
    instance.save()
    yield
    signature.delete()
    chantal.pk = None
    chantal.save()
    instance.configuration += 1
    instance.save()


def photo() -> bytes:
    """A photo that is large even when it is made smaller, and says where it was taken."""
    picture = Image.effect_noise((2400, 1600), 70).convert("RGB")
    exif = Image.Exif()
    exif[Base.Make] = CAMERA
    place = exif.get_ifd(IFD.GPSInfo)
    place[GPS.GPSLatitudeRef], place[GPS.GPSLongitudeRef] = "N", "E"
    place[GPS.GPSLatitude], place[GPS.GPSLongitude] = (33.0, 30.0, 12.0), (36.0, 18.0, 8.0)
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=80, exif=exif)
    return target.getvalue()


def attachments(case_id: str) -> list[Any]:
    """The files of a case at the server, the oldest first."""
    from cpims.attachments.models import Attachment

    return list(Attachment.objects.filter(record_id=case_id, field_name__in=QUESTIONS).order_by("id"))


def case_without_files(worker: Worker) -> str:
    """One of her open cases on which no test has put anything, and whose name is not protected."""
    mine = worker.page.evaluate(
        "async () => (await (await fetch('/api/v2/cases?status=open&owned_by=amina&per=100')).json()).data"
    )
    return next(str(one["id"]) for one in mine if one.get("hidden_name") is not True and not attachments(one["id"]))


def shown(page: Page, name: str) -> Any:
    """The files at a question, being read or filled in."""
    return page.locator(f"#answer-{name} li")


def arrived(worker: Worker) -> None:
    """Nothing waits on this page any more."""
    main = worker.page.locator("main")
    expect(main.locator("li progress")).to_have_count(0, timeout=90_000)
    expect(main.locator("li").filter(has_text=worker.text("casefile.state.waiting"))).to_have_count(0, timeout=90_000)


def held(worker: Worker, case_id: str, fields: list[str]) -> list[Any]:
    """The files of a case at the server, once there are as many as these fields have, in this order."""
    until = time.monotonic() + 90
    while len(attachments(case_id)) < len(fields) and time.monotonic() < until:
        worker.page.wait_for_timeout(100)
    kept = attachments(case_id)
    assert [one.field_name for one in kept] == fields
    return kept


def is_seen(page: Page, name: str) -> None:
    """The small picture is really drawn, and the address of its bytes lives no longer."""
    image = shown(page, name).locator("img").first
    expect(image).to_be_visible()
    page.wait_for_function("(image) => image.complete && image.naturalWidth > 0", arg=image.element_handle())
    gone = page.evaluate("(image) => fetch(image.src).then(() => 'alive', () => 'gone')", image.element_handle())
    assert gone == "gone"


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_a_photo_taken_without_a_network_goes_up_over_a_line_that_breaks(
    browser: Browser, demo_site: LiveServer, file_form: None, tmp_path: Path, locale: str
) -> None:
    """Kept sealed, shown at once, sent from where it was cut off, without the place; seen by her supervisor, not without the field."""
    with ShapingProxy(demo_site.port) as line:
        amina = Phone(browser, line.url, tmp_path / "phone", locale=locale)
        page = amina.page
        amina.sign_in("amina")
        with_app_on_the_device(amina)
        synced(amina)
        case_id = case_without_files(amina)
        path = f"/cases/{case_id}/photos_and_audio"
        amina.go(f"{path}/edit")
        amina.look("questions for files")
        bodies: dict[int, bytes] = {}
        asked: list[int] = []

        def note(request: Request) -> None:
            match = re.search(r"/uploads/[0-9a-f-]{36}/(\d+)$", request.url)
            if match:
                asked.append(int(match.group(1)))
                bodies[int(match.group(1))] = request.post_data_buffer or b""

        page.on("request", note)
        amina.context.set_offline(True)
        chosen = {"name": f"{CHOSEN}.jpg", "mimeType": "image/jpeg", "buffer": photo()}
        page.locator("#answer-photos ~ input, fieldset#answer-photos input[type=file], input[type=file]").nth(
            1
        ).set_input_files([chosen])
        sheet = page.locator("dialog[open]")
        expect(sheet.locator("img")).to_be_visible()
        sheet.locator("input[type=text]").fill(SAID)
        amina.look("before a file is added")
        sheet.get_by_role("button", name=ADD[locale], exact=True).click()
        expect(shown(page, "photos")).to_have_count(1)
        expect(shown(page, "photos")).to_contain_text(SAID)
        expect(shown(page, "photos")).to_contain_text(amina.text("casefile.state.waiting"))
        is_seen(page, "photos")
        amina.go(path)
        is_seen(page, "photos")
        amina.look("a file that waits")
        assert asked == [] and attachments(case_id) == []

        # The second piece arrives, and its answer is lost: it goes on after it.
        line.set(cut_reply=(f"/{PIECE} HTTP".encode(), 0))
        amina.context.set_offline(False)
        page.wait_for_function("() => document.querySelector('main li')")
        arrived(amina)
        assert line.cuts == 1
        assert len(asked) > 3 and asked == [PIECE * number for number in range(len(asked))]
        expect(shown(page, "photos")).to_have_count(1)
        is_seen(page, "photos")
        kept = attachments(case_id)
        assert [one.field_name for one in kept] == ["photos"]
        whole = page.evaluate(WHOLE, f"/api/v2/cases/{case_id}/attachments/{kept[0].pk}")
        assert max(Image.open(io.BytesIO(bytes(whole))).size) == 2048
        assert not Image.open(io.BytesIO(bytes(whole))).getexif()
        assert all(CAMERA.encode() not in one and b"GPS" not in one for one in bodies.values())

        # A paper that only case workers read.
        amina.go(f"/cases/{case_id}/other_documents/edit")
        paper = {"name": f"{CHOSEN}.txt", "mimeType": "text/plain", "buffer": f"A letter of {SAID}".encode()}
        page.locator("input[type=file]").set_input_files([paper])
        sheet.get_by_role("button", name=ADD[locale], exact=True).click()
        expect(shown(page, "other_documents")).to_contain_text(CHOSEN)
        arrived(amina)
        kept = held(amina, case_id, ["photos", "other_documents"])

        # On the device: not the words, and of what went up not a hundred bytes as they are.
        amina.close()
        piece = bodies[PIECE][1000:1100]
        assert len(piece) == 100
        assert found(amina.profile, [CAMERA, CHOSEN, SAID]) == {}
        for file in amina.profile.rglob("*"):
            if file.is_file() and not file.is_symlink():
                assert all(piece not in data for data in opened(file)), file

    chantal = Worker(browser, demo_site.url, width=1280, locale=locale)
    chantal.sign_in("chantal")
    chantal.go(path)
    is_seen(chantal.page, "photos")
    shown(chantal.page, "photos").locator("button").first.click()
    large = chantal.page.locator("dialog[open] img")
    chantal.page.wait_for_function("(image) => image.naturalWidth === 2048", arg=large.element_handle())
    chantal.look("a photo opened")
    chantal.go(f"/cases/{case_id}")
    expect(chantal.page.locator(f"a[href='/app{path}']").first).to_be_visible()
    expect(chantal.page.locator(f"a[href='/app/cases/{case_id}/other_documents']")).to_have_count(0)
    for one, status in zip(kept, (200, 404), strict=True):
        road = f"/api/v2/cases/{case_id}/attachments/{one.pk}"
        assert chantal.page.evaluate("async (road) => (await fetch(road)).status", road) == status
    chantal.close()


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_a_signature_is_drawn_or_typed_and_a_recording_is_made(
    browser: Browser, demo_site: LiveServer, file_form: None, locale: str
) -> None:
    """By hand, or by the keyboard alone; nothing is kept that is not signed; what was put there in error is taken off."""
    amina = Worker(browser, demo_site.url, width=1280 if locale == "en" else 360, locale=locale)
    page = amina.page
    amina.context.add_init_script(f"({HUM})()")
    amina.sign_in("amina")
    case_id = case_without_files(amina)
    amina.go(f"/cases/{case_id}/photos_and_audio/edit")
    page.locator("#answer-consent_signature").get_by_role("button", name=amina.text("files.sign"), exact=True).click()
    sheet = page.locator("dialog[open]")
    keep = sheet.get_by_role("button", name=amina.text("files.sign.keep"), exact=True)
    keep.click()
    expect(sheet).to_contain_text(amina.text("files.sign.missing"))
    expect(sheet).to_contain_text(amina.text("files.sign.name_missing"))
    sheet.locator("input[type=text]").fill("Noor")
    amina.look("signing")
    if locale == "en":
        pad = sheet.locator("canvas").bounding_box()
        assert pad is not None
        page.mouse.move(pad["x"] + 40, pad["y"] + 60)
        page.mouse.down()
        for step in range(1, 12):
            page.mouse.move(pad["x"] + 40 + 14 * step, pad["y"] + 60 + (20 if step % 2 else -20))
        page.mouse.up()
    else:
        page.locator("[data-tab=draw]").press("ArrowLeft")
        page.locator("dialog[open] input[type=checkbox]").press("Space")
    keep.press("Enter")
    expect(sheet).to_have_count(0)
    expect(shown(page, "consent_signature")).to_contain_text("Noor")
    arrived(amina)
    is_seen(page, "consent_signature")

    page.locator("#answer-recorded_audio").get_by_role(
        "button", name=amina.text("files.record"), exact=True
    ).first.click()
    expect(page.get_by_role("timer")).to_contain_text("0:02")
    page.get_by_role("button", name=amina.text("files.record.stop"), exact=True).click()
    expect(page.locator("dialog[open] audio")).to_be_visible()
    page.locator("dialog[open]").get_by_role("button", name=ADD[locale], exact=True).click()
    expect(shown(page, "recorded_audio")).to_have_count(1)
    arrived(amina)
    amina.look("questions with files")
    held(amina, case_id, ["consent_signature", "recorded_audio"])

    shown(page, "recorded_audio").get_by_role("button", name=re.compile(re.escape(amina.text("files.remove")))).click()
    page.get_by_role("button", name=amina.text("files.remove.go"), exact=True).click()
    expect(shown(page, "recorded_audio")).to_have_count(0)
    page.wait_for_function(
        "async (id) => (await (await fetch(`/api/v2/cases/${id}?fields=recorded_audio`)).json()).data.recorded_audio.length === 0",
        arg=case_id,
    )
    amina.go(f"/cases/{case_id}/photos_and_audio")
    expect(shown(page, "recorded_audio")).to_have_count(0)
    amina.close()
