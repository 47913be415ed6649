"""What is sent about a consultation or a request for legal aid, beside the case itself."""

from __future__ import annotations

from typing import Annotated

from pydantic import field_validator
from pydantic_core import PydanticCustomError

from service.inputs.fields import Day, Line, Name, OneOf, Phone, Shape, Text
from service.law import AID_FORMS, AID_PROVIDERS, CALLERS, HARDSHIP_BASES, OUTCOMES, URGENCY_GROUNDS

CONVERTED = "converted"


class ConsultationInput(Shape):
    """Who asked for advice, who need not say so, and what they were told."""

    caller_kind: Annotated[str, OneOf(CALLERS)] = "worker"
    caller_name: Name | None = None
    caller_phone: Phone | None = None
    advice: Text
    outcome: Annotated[str, OneOf(OUTCOMES)] = "advised"
    follow_up_on: Day | None = None
    follow_up: Line | None = None

    @field_validator("outcome")
    @classmethod
    def _by_conversion_alone(cls, outcome: str) -> str:
        if outcome == CONVERTED:
            raise PydanticCustomError("set_by_conversion", "only a conversion sets it")
        return outcome


class AidInput(Shape):
    """What is asked for, of whom, and how hardship is shown or why it is not checked (法律援助法 41、42)."""

    provider: Annotated[str, OneOf(AID_PROVIDERS)]
    form: Annotated[str, OneOf(AID_FORMS)] | None = None
    hardship: Annotated[str, OneOf(HARDSHIP_BASES)] | None = None
    urgency: Annotated[str, OneOf(URGENCY_GROUNDS)] | None = None
