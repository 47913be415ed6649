"""Sample cases: a dozen fictional disputes with their files, the same for the same seed, filed as a user files them."""

from __future__ import annotations

from service.sample.cases import SEED, SampleAgreement, SampleCase, make_samples
from service.sample.client import PlainClient
from service.sample.filing import SampleFile
from service.sample.load import Account, Client, Response, SampleRefused, load_samples

__all__ = [
    "SEED",
    "Account",
    "Client",
    "PlainClient",
    "Response",
    "SampleAgreement",
    "SampleCase",
    "SampleFile",
    "SampleRefused",
    "load_samples",
    "make_samples",
]
