"""What a lawyer does at the desk, by the words on the page. `say` is the language of the pages: "zh" or "en"."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from babel.support import Translations
from playwright.sync_api import Locator, Page, expect

from service.language import Language
from service.pages.language import load_catalogues
from tests.process import PASSWORD, SHORT_CASE

FINAL_TIMEOUT_MS = 90_000


class Desk:
    """A signed-in lawyer in a browser. Words are looked up in the catalogue by their message id."""

    def __init__(self, page: Page, url: str, language: Language = Language.ZH) -> None:
        self.page = page
        self.url = url
        self._words: Translations = load_catalogues()[language]

    def say(self, message: str, **values: object) -> str:
        return self._words.gettext(message) % values

    def button(self, message: str) -> Locator:
        """The button of a form; the one above the fields that answers the Enter key is not for the mouse."""
        return self.page.get_by_role("button", name=self.say(message), exact=True)

    def link(self, message: str) -> Locator:
        return self.page.get_by_role("link", name=self.say(message), exact=True)

    def field(self, message: str, within: Locator | None = None) -> Locator:
        label = self.say(message)
        return (
            (within or self.page)
            .get_by_label(label, exact=True)
            .or_((within or self.page).get_by_label(f"{label} {self.say('(optional)')}", exact=True))
        )

    def group(self, message: str, **values: object) -> Locator:
        return self.page.get_by_role("group", name=self.say(message, **values), exact=True)

    def sign_in(self, *, password: str = PASSWORD) -> None:
        self.field("User name").fill("lawyer")
        self.field("Password").fill(password)
        self.button("Sign in").click()

    def fill_registration(self, case: Mapping[str, Any] = SHORT_CASE) -> None:
        page = self.page
        kinds = {"mediation": "劳动争议调解" if self.say("Cases") == "案件" else "Mediation"}
        page.get_by_role("radio", name=kinds[case["kind"]], exact=True).check()
        self.field("What is the dispute about?").select_option(case["dispute_type"])
        self.field("How did the matter come in?").select_option(case["channel"])
        self.field("When did it come in?").fill(case["received_on"])
        worker, employer = self.group("Worker"), self.group("Employer")
        applicant, firm = case["applicant"], case["employer"]
        self.field("Full name", worker).fill(applicant["name"])
        self.field("ID number", worker).fill(applicant["id_number"])
        self.field("Sex", worker).select_option(applicant["gender"])
        self.field("Birth date", worker).fill(applicant["birth_date"])
        self.field("Phone", worker).fill(applicant["phone"])
        self.field("Address", worker).fill(applicant["address"])
        self.field("Group", worker).select_option(applicant["category"])
        self.field("Name of the firm", employer).fill(firm["name"])
        self.field("Unified social credit code", employer).fill(firm["credit_code"])
        self.field("Legal representative", employer).fill(firm["representative"])
        self.field("Phone", employer).fill(firm["phone"])
        self.field("Address", employer).fill(firm["address"])
        for number, claim in enumerate(case["claims"], start=1):
            if number > 1:
                self.button("Add another claim").click()
            row = self.group("Claim %(number)s", number=number)
            self.field("What is claimed?", row).select_option(claim["kind"])
            self.field("Amount", row).fill(f"{claim['amount_fen'] // 100:,}.{claim['amount_fen'] % 100:02d}")
            self.field("In a few words", row).fill(claim["detail"])
        self.field("What happened?").fill(case["facts"])

    def register(self) -> str:
        """Register the published case and return the address of its page."""
        self.page.goto(f"{self.url}/cases/new")
        if "sign-in" in self.page.url:
            self.sign_in()
        self.fill_registration()
        self.button("Continue").click()
        self.register_after_the_look()
        expect(self.page.get_by_role("status")).to_contain_text(
            self.say("The case is registered. Its ledger record goes on the chain next.")
        )
        return self.page.url.partition("?")[0]

    def register_after_the_look(self) -> None:
        """Register what is shown; where cases of other journeys look like it, say that it is another dispute."""
        expect(self.page.get_by_role("heading", name=self.say("Check before you register"))).to_be_visible()
        apart = self.page.get_by_role("radio", name=self.say("Another dispute"), exact=True)
        if apart.count():
            apart.check()
            self.field("Why is it another dispute?").fill("另一次登记")
        self.button("Register the case").click()

    def file(self, path: Path, *, title: str) -> None:
        """File a document in the case that is shown."""
        self.link("File a document").first.click()
        self.field("What kind of paper is it?").select_option("agreement")
        self.field("Title").fill(title)
        self.field("File").set_input_files(path)
        self.button("File a document").click()
        expect(self.page.get_by_role("status")).to_contain_text(
            self.say("The document is filed. Its ledger record goes on the chain next.")
        )

    def draft(self, payments: Mapping[str, str], *, agreed_on: str) -> None:
        """Draft an agreement in the case that is shown; `payments` are amounts in yuan by day."""
        self.link("Draft an agreement").first.click()
        self.field("When did the parties agree?").fill(agreed_on)
        self.field("Mediator").fill("王示例")
        self.field("Facts found and each side's responsibility").fill("用人单位欠付工资。")
        total = sum(int(amount) for amount in payments.values())
        self.field("Sum agreed").fill(str(total))
        for number, (day, amount) in enumerate(payments.items(), start=1):
            if number > 1:
                self.button("Add another payment").click()
            row = self.group("Payment %(number)s", number=number)
            self.field("Amount", row).fill(amount)
            self.field("Due on", row).fill(day)
        self.button("Record the draft").click()

    def sign(self, signer: str, name: str, method: str, *, on: str, party: str = "") -> None:
        """Record one signature of the agreement that is shown."""
        self.field("Who signs?").select_option(signer)
        self.field("For which party?").select_option(party)
        self.field("Name as signed").fill(name)
        self.field("How was it signed?").select_option(method)
        self.field("When was it signed?").fill(on)
        self.button("Record the signature").click()

    def wait_until_final(self) -> None:
        """Stay on the page until nothing on it waits for the chain any more; it moves on by itself."""
        waiting = [
            self.say(message)
            for message in (
                "Received, not yet on the chain",
                "In the log, waiting for the chain",
                "On the chain, waiting for final confirmation",
            )
        ]
        for words in waiting:
            expect(self.page.get_by_text(words, exact=True)).to_have_count(0, timeout=FINAL_TIMEOUT_MS)
