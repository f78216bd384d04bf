import re

import pytest
from playwright.sync_api import Page, expect


@pytest.fixture
def sign_in(stack, page):
    """Sign in on the home page as one of the first accounts, then go somewhere."""

    def go(name: str, path: str) -> Page:
        page.goto(stack.url)
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(stack.passwords[name])
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_text(f"Signed in as {name}").first).to_be_visible()
        page.goto(f"{stack.url}{path}")
        return page

    return go


def follow(page: Page, name: str) -> None:
    """Click the link, button or tab of this name."""
    place = page.get_by_role("link", name=name)
    for role in ("button", "tab"):
        place = place.or_(page.get_by_role(role, name=name))
    place.first.click()


def test_a_wrong_password_is_refused_in_words(stack, page):
    page.goto(stack.url)
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()


def test_a_reviewer_looks_at_a_stitched_fov_and_accepts_it(lab, sign_in):
    job = lab.open_job("for review")
    job.annotate()
    page = sign_in("reviewer", "/review")
    follow(page, "for-review")
    expect(page.get_by_role("img", name="Picture of for-review")).to_be_visible()
    expect(page.get_by_role("heading", name="Findings")).to_be_visible()
    stitching = page.get_by_role("table", name="Stitch report by compartment")
    expect(stitching.get_by_role("row").filter(has_text="Whole cell")).to_be_visible()
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(page.get_by_text("Accepted. It joins the next dataset version.")).to_be_visible()
    assert job.wait_for_state("accepted")["accepted_at"]


def test_a_returned_fov_goes_back_to_its_annotator(lab, sign_in):
    job = lab.open_job("to return")
    job.annotate()
    page = sign_in("reviewer", "/review")
    follow(page, "to-return")
    page.get_by_label("Notes").fill("The cells at the left border are missing.")
    page.get_by_role("button", name="Return", exact=True).click()
    expect(page.get_by_text("Returned to the annotators.")).to_be_visible()
    job.wait_for_state("returned")
    _, assignment = job.session("simulated")
    assert assignment["state"] == "open"


def test_an_admin_sees_jobs_and_makes_a_launch_link(lab, sign_in, browser):
    lab.open_job("for the admin")
    page = sign_in("admin", "/admin")
    follow(page, "Browser tests")
    follow(page, "Jobs")
    row = page.get_by_role("row").filter(has_text="for the admin")
    row.get_by_role("textbox").fill("dora")
    row.get_by_role("button", name="Launch link").or_(row.get_by_role("button")).first.click()
    expect(row.get_by_label("Launch link of dora")).to_have_value(re.compile("/embed/"))


def test_a_reviewer_may_not_see_the_admin_page(sign_in):
    page = sign_in("reviewer", "/admin")
    expect(page.get_by_text("This page is not for your role")).to_be_visible()
