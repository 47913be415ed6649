"""What is sent to have a file, a number or a receipt checked."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from service.inputs.fields import Sha256Text, Shape

MAX_RECEIPT_CHARACTERS = 2 << 20


class VerificationInput(Shape):
    """A file's SHA-256, a record number with or without it, a receipt with or without it; or number and paper code.

    The file itself stays where it is.
    """

    sha256: Sha256Text | None = None
    record_no: Annotated[str, Field(strict=True, min_length=1, max_length=80)] | None = None
    paper_code: Annotated[
        str | None,
        Field(strict=True, min_length=1, max_length=80, description="The code printed beside the record number."),
    ] = None
    receipt: Annotated[
        dict[str, Any] | Annotated[str, Field(max_length=MAX_RECEIPT_CHARACTERS)] | None,
        Field(description="A receipt: the JSON object of the file, or its text."),
    ] = None

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        if self.paper_code is not None and self.record_no is None:
            raise PydanticCustomError("code_without_number", "a paper code comes with its record number")
        if self.sha256 is None and self.record_no is None and self.receipt is None:
            raise PydanticCustomError("nothing_to_verify", "give a SHA-256, a record number or a receipt")
        if self.record_no is not None and self.receipt is not None:
            raise PydanticCustomError("two_questions", "give a record number or a receipt, not both")
        return self
