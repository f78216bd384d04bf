import pytest
from playwright.sync_api import expect

from tests.e2e.editor_page import edits_once, submit


@pytest.mark.parametrize("attributes", ["", 'sandbox="allow-scripts"'], ids=["plain", "sandbox"])
def test_the_editor_works_inside_another_site(lab, page, platform, attributes):
    job = lab.open_job(f"iframe {attributes}")
    page.goto(platform(job.url("cleo"), attributes))
    frame = page.frame_locator("#task")
    frame.locator("[data-ready='true']").wait_for()
    box = frame.locator("canvas").first.bounding_box()
    frame.locator("canvas").first.click()
    page.keyboard.press("b")
    page.keyboard.press("n")
    x, y = box["x"] + box["width"] * 0.7, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y + 10, steps=5)
    page.mouse.up()
    page.mouse.wheel(0, 400)
    page.wait_for_timeout(500)
    assert page.evaluate("scrollY") == 0, "the host page must not scroll"
    client, assignment = job.session("cleo")
    edits_once(client, assignment, 1)
    expect(frame.get_by_text("All changes saved")).to_be_visible()
    submit(frame)
    expect(frame.get_by_text("All done")).to_be_visible()
    heard = page.evaluate("heard")
    assert [message["assignment_id"] for message in heard if message.get("type") == "cytoloop:submitted"] == [
        assignment["id"]
    ]


def test_pages_for_staff_refuse_to_be_framed(stack, page, platform):
    page.goto(platform(f"{stack.url}/admin"))
    page.wait_for_timeout(500)
    assert page.frames[1].url.startswith("chrome-error://")
