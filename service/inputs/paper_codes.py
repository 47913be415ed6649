"""What is given to replace the code of a paper."""

from __future__ import annotations

from service.inputs.fields import Line, Shape


class PaperCodeChange(Shape):
    """Why papers with the present code are to open nothing any more, such as a lost copy."""

    reason: Line
