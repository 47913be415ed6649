"""Days noted for the sake of a legal clock, and their withdrawal."""

from __future__ import annotations

from typing import Annotated

from service.inputs.fields import Day, Line, OneOf, Shape, Text
from service.law.deadlines import KEY_DATES


class KeyDateInput(Shape):
    """A day from which a legal clock runs or at which it stops; `note` says how it is known."""

    code: Annotated[str, OneOf(KEY_DATES)]
    day: Day
    note: Text | None = None


class WithdrawalInput(Shape):
    """Why something that was recorded is withdrawn."""

    reason: Line
