"""From a request to a published pack: execute, render, list, publish."""

import sys

# With this optional package at hand, jsonschema parses a large grammar in each process that reads a notebook: a second
# for a check of internationalised addresses, which no notebook has.
sys.modules.setdefault("rfc3987_syntax", None)
