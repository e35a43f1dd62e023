"""Puts this folder on the path, so that every folder of tests can import `classroom`."""
