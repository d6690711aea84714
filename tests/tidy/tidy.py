# SPDX-License-Identifier: Apache-2.0
"""Checks the rules of this repository that a program can check.

Usage: tidy.py ROOT. Prints one line a finding and exits 1 if there is any. tidy_test.py proves that each check can
fail. Standard library only.
"""

import subprocess
import sys
from pathlib import Path

import include_table
import shape
import words
from model import SourceFile

# In the order in which they are reported.
FILE_CHECKS = (
    words.license_line,
    words.one_title,
    words.clock,
    words.sleeping_tests,
    words.build_files,
    words.forbidden,
    shape.file_length,
    shape.function_length,
    shape.pragma_once,
    shape.header_contract,
    shape.narrow_interface,
    shape.macros,
    shape.named_numbers,
    include_table.include_table,
)
TREE_CHECKS = (include_table.heavy_libraries,)

# Written by others or by programs: their shape is not ours to judge.
FOREIGN = ("proto/google/", "LICENSE", "client/web/dist/", "client/web/package-lock.json")


def check(files):
    findings = []
    for file in files:
        for rule in FILE_CHECKS:
            findings.extend(rule(file))
    for rule in TREE_CHECKS:
        findings.extend(rule(files))
    return findings


def read_tree(root):
    """Tracked and new files, without what git ignores."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, check=True, capture_output=True).stdout.decode().split("\0")
    files = []
    for name in sorted(set(filter(None, names))):
        path = Path(root, name)
        if name.startswith(FOREIGN) or not path.is_file():
            continue
        try:
            files.append(SourceFile(name, path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            pass  # A picture, or a fuzz seed.
    return files


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    files = read_tree(root)
    findings = check(files)
    for finding in findings:
        print(finding)
    print(f"{len(files)} files, {len(findings)} findings")
    return 1 if findings or not files else 0


if __name__ == "__main__":
    sys.exit(main())
