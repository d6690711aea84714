# SPDX-License-Identifier: Apache-2.0
"""Who may include whom: the table of the design, checked from the #include lines.

docs/architecture.md shows it as a drawing. A change here is a change of the architecture, and needs a decision record.
"""

import re
from dataclasses import dataclass

from model import Finding


@dataclass(frozen=True)
class Row:
    own: tuple  # folders of ours that may be included; a component may always include itself
    libraries: tuple = ()  # third-party libraries, in .cc files only
    in_headers: tuple = ()  # libraries that the folder exists to hold: its own headers may name them too


# Longest prefix wins. 'proto' is the generated messages.
TABLE = {
    "base/": Row(()),
    "descriptor/": Row(("proto", "base/"), ("libyaml", "nlohmann/json")),
    "storage/": Row(("proto", "base/"), ("RocksDB", "gRPC", "zstd")),
    "storage/etcd/": Row(("proto", "base/", "storage/"), ("gRPC",), in_headers=("gRPC",)),
    "storage/history/": Row(("proto", "base/", "storage/")),
    "governance/": Row(("proto", "base/", "descriptor/"), ("SQLite",)),
    "index/": Row(("proto", "base/", "storage/change.h", "storage/view.h", "storage/store.h", "index/")),
    "index/text/": Row(
        ("proto", "base/", "storage/change.h", "storage/view.h", "storage/store.h", "index/"), ("Lucene++",)
    ),
    "server/catalog/": Row(("proto", "base/", "descriptor/", "storage/", "governance/", "index/")),
    "server/rpc/": Row(("proto", "base/", "server/catalog/"), ("gRPC", "OpenSSL", "glog"), in_headers=("gRPC",)),
    "server/http/": Row(("proto", "base/", "server/catalog/"), ("Beast", "OpenSSL", "glog", "prometheus-cpp")),
    "server/auth/": Row(("proto", "base/", "server/catalog/"), ("gRPC", "OpenSSL", "glog")),
    "server/": Row(
        ("proto", "base/", "descriptor/", "storage/", "governance/", "index/", "server/"),
        ("glog", "CLI11", "prometheus-cpp"),
    ),
    "client/lib/": Row(("proto", "base/"), ("gRPC",)),
    "client/cli/": Row(("proto", "base/", "descriptor/", "governance/", "client/lib/"), ("CLI11", "fmt")),
}

# Single files that differ, each with its reason.
EXCEPTIONS = {
    "base/certificates.cc": ("OpenSSL",),  # both ends of a connection look at their files with it
    "base/digest.cc": ("OpenSSL",),  # SHA-256: see docs/decisions
    "client/lib/handshake.cc": ("OpenSSL",),  # gRPC does not say why a handshake failed
    "client/cli/report/report.cc": ("nlohmann/json",),  # whole documents of foreign formats
    "client/cli/report/ci_reports.cc": ("nlohmann/json",),
    "client/cli/yaml_writer.cc": ("nlohmann/json",),  # -o yaml says what -o json says
}

# How a library is known by its headers.
LIBRARIES = (
    ("gRPC", re.compile(r"[<\"](grpc|grpcpp|grpc\+\+|absl)/|\.grpc\.pb\.h")),
    ("RocksDB", re.compile(r"<rocksdb/")),
    ("Beast", re.compile(r"<boost/(beast|asio)")),
    ("Lucene++", re.compile(r"<(lucene\+\+/|boost/|LuceneHeaders\.h)")),
    ("SQLite", re.compile(r"<sqlite3")),
    ("libyaml", re.compile(r"<yaml\.h>")),
    ("nlohmann/json", re.compile(r"<nlohmann/")),
    ("CLI11", re.compile(r"<CLI/")),
    ("fmt", re.compile(r"<fmt/")),
    ("glog", re.compile(r"<glog/")),
    ("prometheus-cpp", re.compile(r"<prometheus/")),
    ("OpenSSL", re.compile(r"<openssl/")),
    ("zstd", re.compile(r"<zstd")),
    ("GoogleTest", re.compile(r"<(gtest|gmock)/")),
    ("Google Benchmark", re.compile(r"<benchmark/")),
    ("Protobuf", re.compile(r"[<\"]google/protobuf/")),
)

# Their headers cost 60 to 300 thousand lines each: two files a library, the price of a short edit-test loop.
HEAVY = ("RocksDB", "SQLite", "Beast", "Lucene++")
HEAVY_FILES_MAX = 2
LUCENE_HOME = "index/text/"

_GENERATED = re.compile(r'"(souk|google/rpc|etcd)/.*\.pb\.h"')
_POSIX = re.compile(r"<(sys|net|netinet|arpa|linux)/[\w.]+>|<[a-z_0-9]+(\.h)?>")


def library_of(include):
    return next((name for name, pattern in LIBRARIES if pattern.search(include)), None)


def component_of(path):
    return max((prefix for prefix in TABLE if path.startswith(prefix)), key=len, default=None)


def _check_library(file, line, library, row):
    if library == "Protobuf":  # It comes with the messages.
        if "proto" not in row.own:
            yield Finding(file.path, line, "include-table", "Protobuf is not for this folder")
        return
    if library not in row.libraries and library not in EXCEPTIONS.get(file.path, ()):
        yield Finding(file.path, line, "include-table", f"{library} is not for this folder")
    elif file.is_header and library not in row.in_headers:
        yield Finding(file.path, line, "include-table", f"{library} belongs into .cc files, not into a header")


def include_table(file):
    component = component_of(file.path)
    if not file.is_cpp or component is None:
        return
    row = TABLE[component]
    for line, include in file.includes:
        library = library_of(include)
        if library is not None:
            yield from _check_library(file, line, library, row)
        elif _GENERATED.fullmatch(include):
            if "proto" not in row.own:
                yield Finding(file.path, line, "include-table", f"{component} may not include generated messages")
        elif include.startswith("<"):
            if not _POSIX.fullmatch(include):
                yield Finding(file.path, line, "include-table", f"{include}: a library that the table does not know")
        elif not _may_include(component, row, include.strip('"')):
            yield Finding(file.path, line, "include-table", f"{component} may not include {include}")


def _may_include(component, row, included):
    # Being 'server/' itself does not open 'server/catalog/', nor 'index/' 'index/text/': those are rows of their own.
    return component_of(included) == component or included.startswith(row.own)


def heavy_libraries(files):
    """Each heavy library lives behind one or two .cc files."""
    users = {name: [] for name in HEAVY}
    for file in files:
        if not file.is_cpp or file.is_test:
            continue
        for name in {library_of(include) for _, include in file.includes} & set(HEAVY):
            if not (name == "Lucene++" and file.path.startswith(LUCENE_HOME)):
                users[name].append(file.path)
    for name, paths in users.items():
        if len(paths) > HEAVY_FILES_MAX:
            text = f"{name} is included by {len(paths)} files, at most {HEAVY_FILES_MAX}: {', '.join(sorted(paths))}"
            yield Finding(sorted(paths)[0], 1, "heavy-library", text)
