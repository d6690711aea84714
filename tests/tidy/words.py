# SPDX-License-Identifier: Apache-2.0
"""Rules about words: licence lines, pages, time, the build files, and what must not stand here at all."""

import re

from model import Finding

LICENSE = "SPDX-License-Identifier: Apache-2.0"
LICENSED = (".cc", ".h", ".py", ".sh", ".cmake", ".proto", ".sql", ".ts", ".tsx", ".js", "CMakeLists.txt")
LICENSED_PATHS = ("dev", ".ci/run")

CLOCK_HOME = "base/clock.cc"

# Programs that are about time, not tests: they pace load or wait for a random moment to strike.
MAY_SLEEP = ("tests/bench/", "tests/chaos/")

# Spelled in two halves, so that this file does not find itself.
FORBIDDEN = (
    ("a path of one machine", re.compile("/wo" "rk/|/ro" "ot/")),
    ("a tool of one workplace", re.compile(r"\bfa" r"rm-[a-z]|(?<!\w)\.libr" r"ary\b", re.IGNORECASE)),
    (
        "a host of a package registry",
        re.compile(
            "registry\\.npm" "js|pypi\\.o" "rg|crates\\.i" "o\\b|proxy\\.gol" "ang|deb\\.deb" "ian|repo1?\\.mav" "en"
        ),
    ),
    (
        "who or what wrote it",
        re.compile(r"\bcl" r"aude\b|\banth" r"ropic\b|\bchat" r"gpt\b|\bcop" r"ilot\b", re.IGNORECASE),
    ),
)


def license_line(file):
    if not file.path.endswith(LICENSED) and file.path not in LICENSED_PATHS:
        return
    first = next((line for line in file.lines if not line.startswith("#!")), "")
    if not re.fullmatch(rf"(//|#|--) {re.escape(LICENSE)}", first):
        yield Finding(file.path, 1, "license", f"the first line is not '{LICENSE}'")


def one_title(file):
    if not file.path.endswith(".md"):
        return
    fenced = False
    titles = []
    for number, line in enumerate(file.lines, 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced and line.startswith("# "):
            titles.append(number)
    if len(titles) != 1:
        line = titles[1] if titles else 1
        yield Finding(file.path, line, "one-title", f"a page has one H1, this one has {len(titles)}")


def clock(file):
    if not file.is_cpp or file.path == CLOCK_HOME:
        return
    for match in re.finditer(r"\bsystem_clock\s*::\s*now\b", file.code):
        yield Finding(file.path, file.line_of(match.start()), "clock", "take a Clock& and ask that")


def sleeping_tests(file):
    if not file.is_test or file.path.startswith(MAY_SLEEP) or file.path.startswith("tests/tidy/"):
        return
    pattern = r"\b(sleep_for|sleep_until|usleep|nanosleep|sleep)\s*\("
    text = file.code if file.is_cpp else file.text
    if file.is_cpp or file.path.endswith(".py"):
        for match in re.finditer(pattern, text):
            line = text.count("\n", 0, match.start()) + 1
            words = f"{match.group(1)}: wait for what you wait for, or fake the clock"
            yield Finding(file.path, line, "sleeping-test", words)


def build_files(file):
    if not file.path.endswith(("CMakeLists.txt", ".cmake")):
        return
    rules = (
        (r"\bGLOB(_RECURSE)?\b", "list the files"),
        (r"^\s*include_directories\s*\(", "includes go by target"),
        (r"^\s*link_libraries\s*\(", "libraries go by target"),
    )
    for number, line in enumerate(file.lines, 1):
        words = line.split("#", 1)[0]
        for pattern, remedy in rules:
            if re.search(pattern, words):
                yield Finding(file.path, number, "build-file", f"{words.strip()}: {remedy}")


def forbidden(file):
    for number, line in enumerate(file.lines, 1):
        for what, pattern in FORBIDDEN:
            match = pattern.search(line)
            if match:
                yield Finding(file.path, number, "forbidden", f"'{match.group()}' is {what}; it does not belong here")
