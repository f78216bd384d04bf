import pytest
from playwright.sync_api import expect

from tests.e2e.editor_page import (
    READY,
    SAVED,
    edits_once,
    instances,
    labels_of,
    labels_once,
    stroke,
    submit,
)


@pytest.fixture
def editor(lab, open_editor, request):
    """An open editor page, and what the server holds of it."""
    job = lab.open_job(request.node.name)
    page = open_editor(job.url("anna"))
    client, assignment = job.session("anna")
    return page, client, assignment


@pytest.fixture
def painted(editor):
    """The editor after one stroke with the brush, and the labels before it."""
    page, client, assignment = editor
    before = labels_of(client, assignment)
    page.keyboard.press("b")
    page.keyboard.press("n")
    stroke(page)
    edits_once(client, assignment, 1)
    return page, client, assignment, before


def test_the_page_shows_channels_and_labels(editor, pixels):
    page, _, _ = editor
    picture = pixels(page.locator("canvas").first.screenshot())
    assert picture[..., 1].max() > 150
    assert len({tuple(color) for color in picture.reshape(-1, picture.shape[-1])[::7].tolist()}) > 200


def test_a_stroke_is_saved_as_one_small_edit(painted):
    page, client, assignment, before = painted
    expect(page.get_by_text(SAVED)).to_be_visible()
    (edit,) = edits_once(client, assignment, 1)
    assert edit["tool"] == "brush"
    assert len(edit["diff"]) < 1366, "1 kB of diff in base64"
    assert edit["active_s"] > 0
    assert (labels_of(client, assignment) != before).any()


def test_undo_and_redo_are_edits_that_the_server_holds(painted):
    page, client, assignment, before = painted
    page.keyboard.press("Control+z")
    edits_once(client, assignment, 2)
    assert (labels_of(client, assignment) == before).all()
    page.keyboard.press("Control+Shift+z")
    edits = edits_once(client, assignment, 3)
    assert (labels_of(client, assignment) != before).any()
    assert [edit["tool"] for edit in edits] == ["brush", "undo", "redo"]


def test_a_reload_finds_the_work_again_and_can_undo_it(painted):
    page, client, assignment, before = painted
    page.reload()
    page.wait_for_selector(READY)
    assert (labels_of(client, assignment) != before).any()
    page.keyboard.press("Control+z")
    labels_once(client, assignment, lambda labels: (labels == before).all())


def test_a_cell_is_selected_and_deleted(editor):
    page, client, assignment = editor
    before = labels_of(client, assignment)
    page.keyboard.press("v")
    page.keyboard.press("]")
    page.keyboard.press("Delete")
    after = labels_once(client, assignment, lambda labels: (labels != before).any())
    assert len(instances(before)) - len(instances(after)) == 1


def test_work_done_offline_arrives_when_the_server_is_back(editor):
    page, client, assignment = editor
    page.route("**/edits", lambda route: route.abort())
    page.keyboard.press("b")
    for height in (0.5, 0.3):
        page.keyboard.press("n")
        stroke(page, at=(0.7, height))
    expect(page.get_by_role("button", name="Download my work").first).to_be_visible()
    page.unroute("**/edits")
    page.get_by_role("button", name="Try now").click()
    edits_once(client, assignment, 2)
    expect(page.get_by_text(SAVED)).to_be_visible()


def test_submit_closes_the_crop_and_hands_out_the_next(lab, open_editor):
    job = lab.open_job("two crops", shape=(100, 150), crop_size_px=100)
    page = open_editor(job.url("ben"))
    _, first = job.session("ben")
    submit(page)
    page.wait_for_function("() => !document.querySelector(\"[data-ready='true']\")")
    page.wait_for_selector(READY)
    _, second = job.session("ben")
    assert second["id"] != first["id"]
    submit(page)
    expect(page.get_by_text("All done")).to_be_visible()
    job.wait_for_state("stitched")
