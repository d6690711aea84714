# SPDX-License-Identifier: Apache-2.0
"""The shape of C++ files: lengths, headers, interfaces, macros, numbers."""

import re

from model import Finding

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
MAIN_LINES_MAX = 60
VIRTUALS_MAX = 7
LITERAL_MAX = 99

# Folders whose numbers need names; limits have a header of their own.
NAMED_NUMBER_FOLDERS = ("server/", "storage/")

# Libraries that are configured by a macro in front of their header.
FOREIGN_MACROS = ("BOOST_", "ASIO_", "GLOG_")
MACRO_HOME = "base/status.h"

_LITERAL = re.compile(r"(?<![\w.'])(0[xX][0-9a-fA-F']+|0[bB][01']+|\d[\d']*)[uUlLzZ]*(?![\w.'])")


def file_length(file):
    """Protos are exempt: their comments are the API reference, and one service is one file."""
    if file.path.endswith((".cc", ".h", ".py", ".ts", ".tsx")) and len(file.lines) > FILE_LINES_MAX:
        yield Finding(file.path, 1, "file-length", f"{len(file.lines)} lines; at most {FILE_LINES_MAX}: split it")


def function_length(file):
    if not file.is_cpp:
        return
    for block in file.blocks:
        if block.kind != "function":
            continue
        name = re.search(r"([\w:~]+)\s*\(", block.head)
        is_main = re.search(r"\bint\s+main\s*\(", block.head)
        limit = MAIN_LINES_MAX if is_main else FUNCTION_LINES_MAX
        lines = block.end_line - block.start_line + 1
        if lines > limit:
            text = f"{name.group(1) if name else 'a function'} has {lines} lines; at most {limit}"
            yield Finding(file.path, block.start_line, "function-length", text)


def pragma_once(file):
    if file.is_header and "#pragma once" not in (line.strip() for line in file.lines):
        yield Finding(file.path, 1, "pragma-once", "the header has no '#pragma once'")


def header_contract(file):
    """A header says what it is, who may call it, and what can go wrong, before it declares anything."""
    if not file.is_header:
        return
    for line in file.lines[1:]:
        words = line.strip()
        if re.match(r"//\s*\w", words):
            return
        if words and words != "//" and not words.startswith(("#pragma", "#include")):
            break
    yield Finding(file.path, 1, "header-contract", "the header does not open with a comment that is its contract")


def narrow_interface(file):
    if not file.is_header:
        return
    for block in file.blocks:
        if block.kind == "class":
            body = file.code[block.begin : block.end]
            count = len(re.findall(r"\bvirtual\b[^;{}]*=\s*0\s*;", body))
            if count > VIRTUALS_MAX:
                text = f"{count} pure virtual methods; at most {VIRTUALS_MAX}: cut the interface to the need"
                yield Finding(file.path, block.start_line, "narrow-interface", text)


def macros(file):
    """RETURN_IF_ERROR and ASSIGN_OR_RETURN are the only macros."""
    if not file.is_cpp or file.path == MACRO_HOME:
        return
    for number, line in enumerate(file.lines, 1):
        match = re.match(r"\s*#\s*define\s+(\w+)", line)
        if match and not match.group(1).startswith(FOREIGN_MACROS):
            yield Finding(file.path, number, "macro", f"{match.group(1)}: write a function or a constant")


def _exempt(file, offset):
    """A number has a name if it stands in a constexpr, static_assert, enum, or is a member's default value."""
    around = [block for block in file.blocks if block.begin < offset < block.end]
    if any(block.kind == "enum" or re.search(r"\bconstexpr\b[^()]*$", block.head) for block in around):
        return True
    # Braces that only wrap a value, as in size_t{8}, belong to the statement around them.
    holders = [block for block in around if block.kind != "other"]
    ends = [block.end for block in file.blocks if block.kind != "other" and block.end < offset]
    start = max([file.code.rfind(";", 0, offset), *ends, *(block.begin for block in holders)])
    statement = file.code[start + 1 : offset]
    if re.search(r"\b(constexpr|static_assert)\b", statement):
        return True
    innermost = max(holders, key=lambda block: block.begin, default=None)
    return innermost is not None and innermost.kind == "class" and re.search(r"\w\s*[={]", statement) is not None


def named_numbers(file):
    if not file.is_cpp or not file.path.startswith(NAMED_NUMBER_FOLDERS):
        return
    for match in _LITERAL.finditer(file.code):
        digits = match.group(1).replace("'", "")
        octal = digits.isdigit() and len(digits) > 1 and digits.startswith("0")
        value = int(digits, 8) if octal and not re.search("[89]", digits) else int(digits, 10 if octal else 0)
        if value > LITERAL_MAX and not _exempt(file, match.start()):
            text = f"{match.group()} has no name: make it a constant with its reason (limits: base/limits.h)"
            yield Finding(file.path, file.line_of(match.start()), "named-number", text)
