"""The certificate (存证证书): a record, what was registered and how to check it, on paper, with its receipt inside.

`content` says what stands on it, `making` finds the record, checks it and has it set.
"""

from service.certificate.making import CertificateFile, CertifiedRecord, Issue, find_certified, make_certificate

__all__ = ["CertificateFile", "CertifiedRecord", "Issue", "find_certified", "make_certificate"]
