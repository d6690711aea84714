# SPDX-License-Identifier: Apache-2.0
"""What every check works on: files, findings, and C++ text without comments, strings and directives."""

import re
from dataclasses import dataclass
from functools import cached_property

CPP_SUFFIXES = (".cc", ".h")

_NOISE = re.compile(
    r"""
    //[^\n]*                                    # comment to the end of the line
  | /\*.*?\*/                                   # block comment
  | R"(?P<tag>[^()\s\\]{0,16})\(.*?\)(?P=tag)"  # raw string
  | "(?:\\.|[^"\\\n])*"                         # string
  | (?<![0-9a-zA-Z_])(?:u8|[uUL])?'(?:\\.|[^'\\\n])+'  # character; not the separator in 1'000
  | ^[ \t]*\#(?:[^\n\\]|\\.|\\\n)*              # preprocessor directive with its continuation lines
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Finding:
    path: str
    line: int
    rule: str
    text: str

    def __str__(self):
        return f"{self.path}:{self.line}: [{self.rule}] {self.text}"


@dataclass(frozen=True)
class Block:
    """A pair of braces: what stands in front of it, and what it is."""

    kind: str  # "scope" (namespace, extern), "class", "enum", "function", "other"
    head: str
    start_line: int
    end_line: int
    begin: int
    end: int


@dataclass(frozen=True)
class SourceFile:
    path: str
    text: str

    @cached_property
    def lines(self):
        return self.text.splitlines()

    @property
    def is_cpp(self):
        return self.path.endswith(CPP_SUFFIXES)

    @property
    def is_header(self):
        return self.path.endswith(".h")

    @property
    def is_test(self):
        return self.path.startswith("tests/")

    @cached_property
    def code(self):
        """The C++ text with noise blanked out; offsets and line numbers stay."""
        return _NOISE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), self.text)

    @cached_property
    def includes(self):
        """(line, spelled name) of each #include; the name keeps its quotes or brackets."""
        pattern = re.compile(r'^\s*#\s*include\s*(["<][^">]+[">])')
        matches = ((number, pattern.match(line)) for number, line in enumerate(self.lines, 1))
        return [(number, match.group(1)) for number, match in matches if match]

    @cached_property
    def blocks(self):
        return list(_find_blocks(self.code))

    def line_of(self, offset):
        return self.code.count("\n", 0, offset) + 1


def _kind_of(head, parents):
    if any(parent not in ("scope", "class") for parent in parents):
        return "other"
    if re.search(r"\bnamespace\b", head) or re.fullmatch(r"\s*extern\s*", head):
        return "scope"
    # A template parameter may be written with 'class'; what counts is the word that opens the declaration.
    declaration = re.sub(r"template\s*<[^{}]*?>(?=\s*[\w\[:])", "", head)
    if re.search(r"\benum\b", declaration):
        return "enum"
    if re.match(r"\s*(?:typedef\s+|static\s+)?(class|struct|union)\b[^()]*$", declaration):
        return "class"
    if "(" in declaration and not re.search(r"=\s*$", declaration):
        return "function"
    return "other"


def _find_blocks(code):
    stack = []
    head_start = 0
    for match in re.finditer(r"[{};]|(?<!:):(?!:)", code):
        at, sign = match.start(), match.group()
        if sign == ":":
            # 'public:' ends nothing but the words before it; an initializer list or a base clause goes on.
            if re.search(r"\b(public|private|protected)\s*$", code[head_start:at]):
                head_start = at + 1
            continue
        if sign == "{":
            head = code[head_start:at]
            begin = head_start + len(head) - len(head.lstrip())
            stack.append((_kind_of(head, [entry[0] for entry in stack]), head.strip(), begin, at))
        elif sign == "}" and stack:
            kind, head, begin, opened = stack.pop()
            first = code.count("\n", 0, begin) + 1
            yield Block(kind, head, first, code.count("\n", 0, at) + 1, opened, at)
        head_start = at + 1
