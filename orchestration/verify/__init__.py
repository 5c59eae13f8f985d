"""Proving the memory of a company, lake, payment files and published copy, to somebody who trusts nobody."""

from orchestration.verify.run import Verification, accept, verify

__all__ = ["Verification", "accept", "verify"]
