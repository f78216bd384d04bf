"""What the network, other tabs and impatient fingers do, and that no edit is lost by it."""

import json

import pytest
from playwright.sync_api import expect

from tests.e2e.editor_page import SAVED, labels_of
from tests.e2e.player import Player
from tests.e2e.playground import open_scene
from tests.e2e.scene import LABEL, scene_labels, set_labels

EDITS = "**/edits"
STROKES = [[(row, 120), (row, 150)] for row in (95, 110, 125)]


@pytest.fixture(scope="module")
def opened(scene_job, browser):
    player = open_scene(scene_job, "saving", browser=browser)
    yield player
    player.close()


@pytest.fixture
def player(opened):
    opened.rest()
    yield opened
    opened.page.unroute_all()
    opened.page.context.set_offline(False)
    opened.page.keyboard.press("Control+s")
    retry = opened.surface.get_by_role("button", name="Try now")
    if retry.is_visible():
        retry.click()
    opened.rest()
    opened.restore(scene_labels())


def paint(player, strokes=STROKES):
    """New cells, one per stroke."""
    for stroke in strokes:
        player.press("n")
        player.drag(stroke)


def new_cells(labels):
    return len(set(labels[0, 0].ravel().tolist()) - {0, *LABEL.values()})


def test_work_goes_on_offline_and_is_saved_online(player):
    player.page.context.set_offline(True)
    paint(player)
    expect(player.surface.get_by_text("3 changes are not saved yet.", exact=False)).to_be_visible()
    expect(player.surface.get_by_role("button", name="Download my work")).to_be_visible()
    assert new_cells(labels_of(player.client, player.assignment)) == 0
    # Nobody has to press anything: the page hears that the network is back.
    player.page.context.set_offline(False)
    expect(player.surface.get_by_text(SAVED)).to_be_visible()
    assert new_cells(player.saved_labels()) == 3
    player.undo(3)


def test_an_answer_that_takes_its_time_holds_nobody_up(player):
    held = []
    player.page.route(EDITS, lambda route: held.append(route))
    paint(player, STROKES[:1])
    player.page.wait_for_timeout(400)
    paint(player, STROKES[1:])
    assert player.state()["nEdits"] >= 3
    expect(player.surface.get_by_text("Saving 3 changes…")).to_be_visible()
    assert len(held) == 1, "one batch under way at a time"
    held[0].continue_()
    player.page.unroute(EDITS)
    assert new_cells(player.saved_labels()) == 3
    player.undo(3)


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_server_that_fails_is_asked_again(player, status):
    asked = []

    def fail_first(route):
        asked.append(route.request.post_data_json["edits"][0]["seq"])
        if len(asked) == 1:
            route.fulfill(status=status, body=json.dumps({"code": "broken", "message": "Not now."}))
        else:
            route.continue_()

    player.page.route(EDITS, fail_first)
    paint(player, STROKES[:1])
    assert new_cells(player.saved_labels()) == 1
    assert len(asked) >= 2
    assert len(set(asked)) == 1, "the same edits again"
    player.undo()


def test_an_answer_that_got_lost_saves_the_edits_once(player):
    seq, asked = player.state()["lastSeq"], []

    def lose_answer(route):
        asked.append(1)
        if len(asked) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    player.page.route(EDITS, lose_answer)
    paint(player, STROKES[:1])
    assert new_cells(player.saved_labels()) == 1
    assert [edit["seq"] for edit in player.edits_after(seq)] == [seq + 1]
    player.undo()


def test_a_request_that_arrives_twice_is_one_edit(player):
    seq = player.state()["lastSeq"]

    def send_twice(route):
        route.fetch()
        route.fulfill(response=route.fetch())

    player.page.route(EDITS, send_twice)
    paint(player)
    assert new_cells(player.saved_labels()) == 3
    assert [edit["seq"] for edit in player.edits_after(seq)] == [seq + 1, seq + 2, seq + 3]
    player.undo(3)


def test_an_answer_that_is_nonsense_loses_nothing(player):
    asked = []

    def answer(route):
        asked.append(1)
        if len(asked) == 1:
            route.fulfill(status=200, content_type="text/html", body="<h1>Sign in to the guest Wi-Fi</h1>")
        else:
            route.continue_()

    player.page.route(EDITS, answer)
    paint(player, STROKES[:1])
    expect(player.surface.get_by_text("is not saved yet", exact=False)).to_be_visible()
    player.surface.get_by_role("button", name="Try now").click()
    assert new_cells(player.saved_labels()) == 1
    player.undo()


def test_unsaved_work_outlives_the_page(player):
    player.page.route(EDITS, lambda route: route.abort())
    paint(player)
    player.surface.get_by_role("button", name="Try now").wait_for()
    player.page.unroute_all()
    player.page.wait_for_timeout(200)
    player.page.evaluate("window.onbeforeunload = null")
    player.reload()
    assert new_cells(player.saved_labels()) == 3
    player.undo(3)


def test_a_second_tab_is_read_only_and_says_so(player):
    second = player.page.context.new_page()
    second.goto(player.page.url)
    banner = second.get_by_text("open in another tab", exact=False)
    banner.wait_for()
    other = Player(second, second.main_frame, player.client, player.assignment)
    other.press("b")
    other.drag(STROKES[0])
    assert not other.state()["editable"]
    assert (player.saved_labels() == scene_labels()).all()
    second.close()
    paint(player, STROKES[:1])
    assert new_cells(player.saved_labels()) == 1
    player.undo()


def test_the_second_tab_takes_over_when_the_first_is_closed(scene_job, browser):
    first = open_scene(scene_job, "tabs", browser=browser)
    second = first.page.context.new_page()
    second.goto(first.page.url)
    second.get_by_text("open in another tab", exact=False).wait_for()
    first.page.close()
    second.get_by_role("button", name="Edit here").click()
    second.wait_for_selector("[data-ready='true']")
    player = Player(second, second.main_frame, first.client, first.assignment)
    player.press("v")
    player.click((145, 3))
    paint(player, STROKES[:1])
    assert new_cells(player.saved_labels()) == 1
    player.close()
    assert first.faults == []


def test_another_hand_on_the_same_crop_is_a_conflict_said_in_words(scene_job, browser):
    player = open_scene(scene_job, "conflict", browser=browser)
    theirs = scene_labels()
    theirs[0, 0, 95:100, 120:150] = 77
    # The list of edits moved on under the page's feet.
    set_labels(player.client, {**player.assignment, "last_seq": player.state()["lastSeq"]}, theirs)
    paint(player, STROKES[:1])
    player.surface.get_by_text("The server does not hold the same labels", exact=False).wait_for()
    assert not player.state()["editable"]
    expect(player.surface.get_by_role("button", name="Download my work")).to_be_visible()
    player.surface.get_by_role("button", name="Load the server’s version").click()
    player.surface.wait_for_selector("[data-ready='true']")
    player.find_editor()
    assert (player.saved_labels() == theirs).all()
    player.close()


def test_submit_pressed_ten_times_submits_once(scene_job, browser):
    player = open_scene(scene_job, "submit", browser=browser)
    sent = []
    player.page.on("request", lambda request: request.url.endswith("/submit") and sent.append(request.url))
    player.press("Control+Enter")
    anyway = player.surface.get_by_role("button", name="Submit anyway")
    anyway.wait_for()
    held = []
    player.page.route("**/submit", lambda route: held.append(route))
    anyway.evaluate("(button) => { for (let i = 0; i < 10; i++) button.click(); }")
    player.press("Control+Enter", "Control+Enter", "Enter")
    player.page.wait_for_timeout(200)
    assert len(held) == 1
    held[0].continue_()
    player.surface.get_by_text("Thank you", exact=False).wait_for()
    player.surface.wait_for_selector("[data-ready='true']")
    assert len(sent) == 1
    _, following = scene_job.session("submit")
    assert following["id"] != player.assignment["id"]
    player.close()
