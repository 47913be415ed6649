"""Whether two registrations may be about one dispute (一案多立): pure, fast, and with its reasons.

1. `names`, `numbers`, `months` bring what two keyboards wrote differently to one form.
2. `keys` are what a registration can be found by: two of one dispute share one for a person and one for a firm.
3. `judge` compares two in full and says why it takes them for one, or that it does not.

Nothing here decides: a person is shown the likeness with its reasons, joins the two or says why they are apart.
"""

from __future__ import annotations

from service.likeness.dossier import Dossier, Firm, Person
from service.likeness.judge import Likeness, Thresholds, judge
from service.likeness.keys import Keys, keys_maker, keys_of
from service.likeness.months import parse_months
from service.likeness.names import normal_firm, normal_name, plain

__all__ = [
    "Dossier",
    "Firm",
    "Keys",
    "Likeness",
    "Person",
    "Thresholds",
    "judge",
    "keys_maker",
    "keys_of",
    "normal_firm",
    "normal_name",
    "parse_months",
    "plain",
]
