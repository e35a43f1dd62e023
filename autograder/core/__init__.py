"""Checks, and the verdicts on them: numpy and the standard library only."""
