"""The sample case of Lanshan at the desk, by clicking: from the telephone call to the last payment, or to default."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from service.law import STEPS
from tests.browser.conftest import KeepPicture, OpenPage
from tests.browser.desk import Desk
from tests.browser.live import Live, live
from tests.browser.test_paper_journey import session_of
from tests.process import SHORT_CASE
from tests.service.conftest import make_home
from tests.service.visitor import COOKIE

pytestmark = pytest.mark.browser

WORKER, FIRM = SHORT_CASE["applicant"], SHORT_CASE["employer"]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    home = tmp_path_factory.mktemp("lanshan") / "var"
    make_home(home)
    with live(home) as running:
        yield running


@dataclass(slots=True)
class Day:
    """The mediator at the desk, on one day after the other."""

    service: Live
    page: Page
    desk: Desk
    case: str = ""

    def on(self, day: str) -> None:
        self.service.clock.set(datetime.fromisoformat(f"{day}T02:00:00").replace(tzinfo=UTC))
        token = session_of(self.service, "mediator")
        self.page.context.add_cookies([{"name": COOKIE, "value": token, "url": self.service.url}])

    def open_case(self) -> None:
        self.page.goto(self.case)

    def step(self, day: str, code: str) -> None:
        """Take a step that the case offers."""
        self.on(day)
        self.open_case()
        self.page.get_by_role("link", name=STEPS[code].zh, exact=True).click()
        self.desk.field("On which day?").fill(day)
        self.desk.button("Record the step").click()

    def shows(self, *words: str) -> None:
        for text in words:
            expect(self.page.get_by_text(text).first).to_be_visible()


@pytest.fixture
def office(service: Live, open_page: OpenPage) -> Day:
    page = open_page()
    return Day(service, page, Desk(page, service.url))


def consult(office: Day) -> None:
    """Enter the telephone call on its one screen."""
    desk = office.desk
    office.on("2026-07-06")
    office.page.goto(f"{office.service.url}/consultations/new")
    desk.field("How did the matter come in?").select_option("12351")
    desk.field("When?").fill("2026-07-06")
    desk.field("Name of the caller").fill(WORKER["name"])
    desk.field("Phone of the caller").fill(WORKER["phone"])
    desk.field("Who is calling?").select_option("worker")
    desk.field("Name of the firm").fill(FIRM["name"])
    desk.field("What is it about?").select_option("D5a")
    desk.field("What was asked?").fill(SHORT_CASE["facts"])
    desk.field("What was advised?").fill("可以申请调解，请带工资条。")
    desk.field("Outcome").select_option("advised")
    desk.button("Record the consultation").click()


def convert(office: Day) -> None:
    """Turn the call into a mediation: what was said on the telephone is in the form already."""
    desk, page = office.desk, office.page
    office.on("2026-07-08")
    page.goto(f"{office.service.url}/consultations")
    page.get_by_role("link", name=desk.say("Turn into a case")).first.click()
    worker, employer = desk.group("Worker"), desk.group("Employer")
    expect(desk.field("Full name", worker)).to_have_value(WORKER["name"])
    expect(desk.field("Name of the firm", employer)).to_have_value(FIRM["name"])
    expect(desk.field("What happened?")).to_have_value(SHORT_CASE["facts"])
    desk.fill_registration()
    desk.button("Continue").click()
    desk.register_after_the_look()
    office.case = page.url.partition("?")[0]
    office.shows(WORKER["name"], FIRM["name"], "27,960.00", "2026年7月23日")


def mediate(office: Day) -> None:
    """From the call to the agreement in effect, which is then shown."""
    desk, page = office.desk, office.page
    consult(office)
    convert(office)
    office.step("2026-07-09", "consult_other_side")
    office.step("2026-07-10", "accept")
    office.step("2026-07-13", "start_mediation")
    page.get_by_role("link", name="答辩意见", exact=True).click()
    desk.field("Whose answer is it?").select_option("2")
    desk.field("Who speaks?").select_option("party")
    desk.field("On which day?").fill("2026-07-13")
    desk.field("In words").fill("对欠付月份无异议，对数额有异议。")
    desk.button("Record the entry").click()
    office.shows("对欠付月份无异议，对数额有异议。")
    office.step("2026-07-20", "agree")
    desk.draft({"2026-07-31": "10000", "2026-08-31": "17960"}, agreed_on="2026-07-20")
    desk.sign("party", WORKER["name"], "fingerprint", on="2026-07-20", party="1")
    desk.sign("party", FIRM["name"], "seal", on="2026-07-20", party="2")
    desk.sign("mediator", "王示例", "handwritten", on="2026-07-20")
    desk.sign("organisation", "岚山区示例总工会", "seal", on="2026-07-20")
    office.shows("已生效", "2026年8月4日", "2026年8月19日")


def pay(office: Day, day: str, position: str, amount: str) -> None:
    office.on(day)
    office.page.reload()
    office.desk.field("Which payment?").select_option(position)
    office.desk.field("Amount paid").fill(amount)
    office.desk.field("Paid on").fill(day)
    office.desk.button("Record the payment").click()


def report(office: Day) -> None:
    """Write down what the worker says has not come."""
    desk = office.desk
    desk.field("Who reports?").select_option("1")
    desk.field("Which payment did not come?").select_option("2")
    desk.field("On which day was it reported?").fill("2026-09-02")
    desk.field("What was not performed?").fill("第二期没有到账。")
    desk.button("Record the report").click()
    office.shows("第二期没有到账。")


@pytest.mark.longer
def test_telephone_call_ends_in_an_agreement_paid_in_full(office: Day, keep_picture: KeepPicture) -> None:
    mediate(office)
    keep_picture(office.page, "agreement in effect")
    pay(office, "2026-07-31", "1", "10,000.00")
    pay(office, "2026-08-31", "2", "17,960.00")
    ending = office.page.locator("#end")
    ending.locator("summary").click()
    office.desk.field("How did it end?", ending).select_option("performed")
    office.desk.field("On which day?", ending).fill("2026-08-31")
    office.desk.button("Record the ending").click()
    office.shows("已履行完毕")

    office.open_case()
    office.shows("协议已履行")
    keep_picture(office.page, "case performed")
    expect(office.page.get_by_text("已逾期")).to_have_count(0)
    office.service.wait_until_final()


@pytest.mark.longer
def test_default_is_reported_and_leads_to_a_payment_order(office: Day, keep_picture: KeepPicture) -> None:
    mediate(office)
    pay(office, "2026-07-31", "1", "10,000.00")
    office.on("2026-09-02")
    office.page.reload()
    office.shows("已逾期")
    desk, page = office.desk, office.page
    desk.link("Record a report of non-performance").click()
    report(office)
    office.open_case()
    desk.link("Record a proceeding").click()
    desk.field("Which proceeding?").select_option("payment_order")
    desk.field("Before which body?").fill("岚山区示例法院")
    desk.field("When was it applied for?").fill("2026-09-02")
    page.get_by_role("checkbox", name=WORKER["name"]).check()
    desk.field("On which agreement?").select_option(index=1)
    page.get_by_role("checkbox", name="工资", exact=True).check()
    desk.button("Record the proceeding").click()
    office.shows("支付令", "岚山区示例法院")
    keep_picture(page, "payment order")
    office.open_case()
    keep_picture(page, "case in default")
    office.service.wait_until_final()
