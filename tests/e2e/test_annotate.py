import pytest
from playwright.sync_api import Page, expect

SAVED = "All changes saved"


def stroke(page: Page, *, at: tuple[float, float] = (0.7, 0.5), length_px: int = 60) -> None:
    """Draw a short stroke with the mouse, starting at this share of the canvas."""
    box = page.locator("canvas").first.bounding_box()
    x, y = box["x"] + at[0] * box["width"], box["y"] + at[1] * box["height"]
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 7):
        page.mouse.move(x + length_px * step / 6, y + 2 * step)
    page.mouse.up()


def labels_of(client, assignment):
    return client.get_npy(f"/assignments/{assignment['id']}/labels.npy")


@pytest.fixture
def editor(lab, open_editor, request):
    """An open editor page, and what the server holds of it."""
    job = lab.open_job(request.node.name)
    page = open_editor(job.url("anna"))
    client, assignment = job.session("anna")
    return page, client, assignment


def test_the_page_shows_channels_and_labels(editor, pixels):
    page, _, _ = editor
    picture = pixels(page.locator("canvas").first.screenshot())
    assert picture[..., 1].max() > 150
    assert len({tuple(color) for color in picture.reshape(-1, picture.shape[-1])[::7].tolist()}) > 200


def test_a_stroke_is_saved_as_one_small_edit(editor):
    page, client, assignment = editor
    before = labels_of(client, assignment)
    page.keyboard.press("b")
    page.keyboard.press("n")
    stroke(page)
    expect(page.get_by_text(SAVED)).to_be_visible()
    edits = client.get(f"/assignments/{assignment['id']}/edits")["items"]
    assert [edit["tool"] for edit in edits] == ["brush"]
    assert len(edits[0]["diff"]) < 1366, "1 kB of diff in base64"
    after = labels_of(client, assignment)
    assert (before != after).sum() > 0
    assert edits[0]["active_s"] > 0


def test_undo_and_redo_are_edits_that_the_server_holds(editor):
    page, client, assignment = editor
    before = labels_of(client, assignment)
    page.keyboard.press("b")
    page.keyboard.press("n")
    stroke(page)
    page.keyboard.press("Control+z")
    expect(page.get_by_text(SAVED)).to_be_visible()
    page.wait_for_timeout(300)
    assert (labels_of(client, assignment) == before).all()
    page.keyboard.press("Control+Shift+z")
    page.wait_for_timeout(300)
    expect(page.get_by_text(SAVED)).to_be_visible()
    assert (labels_of(client, assignment) != before).any()
    edits = client.get(f"/assignments/{assignment['id']}/edits")["items"]
    assert [edit["tool"] for edit in edits] == ["brush", "undo", "redo"]


def test_a_reload_finds_the_work_again_and_can_undo_it(editor):
    page, client, assignment = editor
    before = labels_of(client, assignment)
    page.keyboard.press("b")
    page.keyboard.press("n")
    stroke(page)
    expect(page.get_by_text(SAVED)).to_be_visible()
    page.reload()
    page.wait_for_selector("[data-ready='true']")
    assert (labels_of(client, assignment) != before).any()
    page.keyboard.press("Control+z")
    page.wait_for_timeout(500)
    assert (labels_of(client, assignment) == before).all()


def test_a_cell_is_selected_and_deleted(editor):
    page, client, assignment = editor
    before = labels_of(client, assignment)
    page.keyboard.press("v")
    page.keyboard.press("]")
    page.keyboard.press("Delete")
    page.wait_for_timeout(500)
    after = labels_of(client, assignment)
    assert len(set(before[0].flat)) - len(set(after[0].flat)) == 1


def test_work_done_offline_arrives_when_the_server_is_back(editor):
    page, client, assignment = editor
    page.route("**/edits", lambda route: route.abort())
    page.keyboard.press("b")
    page.keyboard.press("n")
    stroke(page)
    page.keyboard.press("n")
    stroke(page, at=(0.7, 0.3))
    expect(page.get_by_role("button", name="Download my work").first).to_be_visible()
    page.unroute("**/edits")
    page.get_by_role("button", name="Try now").click()
    expect(page.get_by_text(SAVED)).to_be_visible()
    assert len(client.get(f"/assignments/{assignment['id']}/edits")["items"]) == 2


def test_submit_closes_the_crop_and_hands_out_the_next(lab, open_editor):
    job = lab.open_job("two crops", shape=(100, 150), crop_size_px=100)
    page = open_editor(job.url("ben"))
    _, first = job.session("ben")
    submit(page)
    page.wait_for_function("() => !document.querySelector(\"[data-ready='true']\")")
    page.wait_for_selector("[data-ready='true']")
    _, second = job.session("ben")
    assert second["id"] != first["id"]
    submit(page)
    expect(page.get_by_text("All done")).to_be_visible()
    job.wait_for_state("stitched")


def submit(page: Page) -> None:
    """Press Submit, and confirm where the checks found something to look at first."""
    page.get_by_role("button", name="Submit", exact=True).first.click()
    anyway = page.get_by_role("button", name="Submit anyway")
    if anyway.is_visible():
        anyway.click()
