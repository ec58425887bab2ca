"""Check what a browser shows for faults of accessibility, by axe-core."""

from collections.abc import Sequence

from selenium import webdriver
from selenium_axe_python.axe import Axe

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
"""WCAG 2.2, A and AA."""


def faults(driver: webdriver.Chrome, rules: Sequence[str] = RULES) -> list[str]:
    """Return the faults in what is shown: the rule, the element and why."""
    axe = Axe(driver)
    axe.inject()  # type: ignore[no-untyped-call]
    return [
        f"{violation['id']}: {node['html'][:200]}: {node['failureSummary']}"
        for violation in axe.run("document", {"runOnly": list(rules)})["violations"]
        for node in violation["nodes"]
    ]
