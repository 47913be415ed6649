"""What is sent to take a step in a case."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from service.inputs.documents import RecordId
from service.inputs.fields import Day, Line, Name, OneOf, Shape, Text
from service.law import GROUNDS, NEEDS_LAWYER, NEEDS_NOTE, NEEDS_UNTIL, STEPS

MAX_LICENCE = 40


class StepInput(Shape):
    """One step: which, on which day, and what the law wants named with it.

    `ground` is a code of the step's own list; `note` says why, or what is missing; `until` is the new end of an
    extended term; `lawyer` is who is assigned, `handler` their user name if they have one here; `converted_to` is the
    case that a consultation became.
    """

    step: Annotated[str, OneOf(STEPS)]
    occurred_on: Day
    ground: Line | None = None
    note: Text | None = None
    until: Day | None = None
    lawyer: Name | None = None
    licence_no: Annotated[Line, Field(max_length=MAX_LICENCE)] | None = None
    firm: Name | None = None
    handler: Line | None = None
    converted_to: RecordId | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        grounds = GROUNDS.get(self.step)
        if grounds is not None and self.ground is not None and self.ground not in grounds:
            raise PydanticCustomError(
                "not_in_list", "not in the list", {"pointer": "/ground", "expected": ", ".join(grounds)}
            )
        needed = {
            "ground": grounds is not None,
            "note": self.step in NEEDS_NOTE,
            "until": self.step in NEEDS_UNTIL,
            "lawyer": self.step in NEEDS_LAWYER,
            "converted_to": self.step == "convert",
        }
        for name, is_needed in needed.items():
            given = getattr(self, name) is not None
            if is_needed and not given:
                raise PydanticCustomError("missing", "required", {"pointer": f"/{name}"})
            if given and not is_needed and name != "note":
                raise _foreign(name)
        for name in ("licence_no", "firm", "handler"):
            if getattr(self, name) is not None and self.step not in NEEDS_LAWYER:
                raise _foreign(name)
        if self.until is not None and self.until <= self.occurred_on:
            raise PydanticCustomError("not_after_the_step", "not after the step", {"pointer": "/until"})
        return self


def _foreign(name: str) -> PydanticCustomError:
    return PydanticCustomError("not_of_this_step", "this step has no such field", {"pointer": f"/{name}"})
