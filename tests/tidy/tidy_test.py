# SPDX-License-Identifier: Apache-2.0
"""The negative control of tidy: every check finds what it is for, and leaves the honest neighbour alone."""

import unittest

import include_table
import shape
import tidy
import words
from model import SourceFile

LICENSE = "// SPDX-License-Identifier: Apache-2.0\n"


def findings(rule, path, text):
    return [(finding.line, finding.rule) for finding in rule(SourceFile(path, text))]


def function(lines, head="void Long() {"):
    return head + "\n" + "  Step();\n" * (lines - 2) + "}\n"


# (check, path, text that offends, the line it is found on, the honest neighbour)
CASES = (
    (words.license_line, "base/a.cc", "#include <string>\n", 1, LICENSE),
    (words.license_line, "base/CMakeLists.txt", "x()\n", 1, "# SPDX-License-Identifier: Apache-2.0\n"),
    (words.license_line, "dev", "#!/bin/sh\necho\n", 1, "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n"),
    (words.one_title, "README.md", "# A\n\n# B\n", 3, "# A\n\n```sh\n# a comment\n```\n## B\n"),
    (words.one_title, "docs/a.md", "no title\n", 1, "# A title\n"),
    (words.clock, "storage/a.cc", "\nauto t = std::chrono::system_clock::now();\n", 2, "// system_clock::now\n"),
    (words.sleeping_tests, "tests/a.cc", "\nstd::this_thread::sleep_for(x);\n", 2, "// sleep_for(x)\n"),
    (words.sleeping_tests, "tests/a.py", "time.sleep(1)\n", 1, "asleep = 1\n"),
    (words.build_files, "base/CMakeLists.txt", "file(GLOB x *.cc)\n", 1, "# no GLOB\nset(x a.cc)\n"),
    (words.build_files, "CMakeLists.txt", "include_directories(.)\n", 1, "target_include_directories(a PUBLIC .)\n"),
    (words.forbidden, "README.md", "see /wo" "rk/main\n", 1, "see the network/work of others\n"),
    (words.forbidden, "dev", "fa" "rm-hand x\n", 1, "a farm is a place\n"),
    (words.forbidden, "a.json", '"https://registry.npm' 'js.org/x"\n', 1, '"integrity": "sha512-x"\n'),
    (words.forbidden, "a.md", "written with Cl" "aude\n", 1, "written with care\n"),
    (shape.file_length, "base/a.cc", "\n" * 401, 1, "\n" * 400),
    (shape.function_length, "base/a.cc", "namespace a {\n" + function(71) + "}\n", 2, function(70)),
    (shape.function_length, "base/a.h", "class A {\n public:\n" + function(71, "A() : b_(1) {") + "};\n", 3,
     function(9)),
    (shape.function_length, "tests/a.cc", function(71, "TEST(A, B) {"), 1, "struct A {\n" + "  int b;\n" * 80 + "};\n"),
    (shape.function_length, "server/main.cc", function(61, "int main() {"), 1, function(60, "int main() {")),
    (shape.pragma_once, "base/a.h", LICENSE + "#ifndef A\n", 1, "#pragma once\n"),
    (shape.header_contract, "base/a.h", LICENSE + "#pragma once\nint x;\n// late\n", 1,
     LICENSE + "#pragma once\n// Why.\n"),
    (shape.narrow_interface, "base/a.h", "class A {\n" + "  virtual int F() = 0;\n" * 8 + "};\n", 1,
     "class A {\n" + "  virtual int F() = 0;\n" * 7 + "  virtual ~A() = default;\n};\n"),
    (shape.macros, "base/a.cc", "#define TWICE(x) x x\n", 1, "#define BOOST_SOMETHING\n// #define X\n"),
    (shape.named_numbers, "server/a.cc", "void F() {\n  G(100);\n}\n", 2, "void F() {\n  G(99);\n}\n"),
    (shape.named_numbers, "storage/a.cc", "int a = 0xff;\n", 1, "constexpr int kA = 0xff;\nenum B { kB = 100 };\n"),
    (shape.named_numbers, "storage/a.cc", "auto a = size_t{1'000};\n", 1, "constexpr auto kA = size_t{1'000};\n"),
    (shape.named_numbers, "storage/a.cc", "chmod(p, 0644);\n", 1, 'Log("0644, 100"); // 100\n'),
    (shape.named_numbers, "server/a.h", "struct A {\n  int F() { return 300; }\n};\n", 2,
     "struct A {\n  int ms = 300;\n};\n"),
    (shape.named_numbers, "server/a.h", "int a = size_t{3} * 1024;\n", 1,
     "struct A {\n  int b = size_t{3} * 1024;\n};\n"),
    (shape.named_numbers, "storage/a.cc", "int a[] = {1, 100};\n", 1, "constexpr int kA[] = {\n  1, 100};\n"),
)

# (path, include that offends, include that the table allows)
INCLUDES = (
    ("base/a.cc", '"storage/ledger.h"', '"base/status.h"'),
    ("base/a.cc", '"souk/v1/product.pb.h"', "<sys/stat.h>"),
    ("base/a.cc", "<google/protobuf/message.h>", "<string_view>"),
    ("base/a.cc", "<openssl/evp.h>", "<unistd.h>"),
    ("base/digest.h", "<openssl/evp.h>", '"base/a.h"'),
    ("descriptor/a.cc", '"storage/view.h"', "<yaml.h>"),
    ("base/a.h", '"google/protobuf/any.pb.h"', "<string>"),
    ("descriptor/a.h", "<nlohmann/json.hpp>", '"descriptor/b.h"'),
    ("storage/a.cc", '"descriptor/bundle.h"', "<rocksdb/db.h>"),
    ("storage/a.cc", "<boost/asio.hpp>", "<grpcpp/grpcpp.h>"),
    ("governance/a.cc", '"index/text/a.h"', "<sqlite3.h>"),
    ("governance/a.cc", '"storage/view.h"', '"descriptor/bundle.h"'),
    ("index/lineage/a.cc", "<lucene++/LuceneHeaders.h>", '"storage/change.h"'),
    ("index/lineage/a.cc", '"storage/ledger_keys.h"', '"index/projection.h"'),
    ("index/text/a.h", "<lucene++/LuceneHeaders.h>", '"index/text/b.h"'),
    ("server/catalog/a.cc", "<grpcpp/grpcpp.h>", '"index/text/a.h"'),
    ("server/catalog/a.cc", '"server/rpc/a.h"', '"governance/gate.h"'),
    ("server/catalog/a.cc", '"server/server.h"', '"server/catalog/b.h"'),
    ("server/rpc/a.cc", '"storage/view.h"', '"server/catalog/a.h"'),
    ("server/rpc/a.cc", "<boost/beast.hpp>", '"souk/v1/registry_service.grpc.pb.h"'),
    ("server/http/a.cc", "<grpcpp/grpcpp.h>", "<boost/beast.hpp>"),
    ("server/server.cc", "<rocksdb/db.h>", '"server/http/a.h"'),
    ("client/lib/a.h", '"souk/v1/registry_service.grpc.pb.h"', '"souk/v1/registry_service.pb.h"'),
    ("client/cli/a.cc", '"server/catalog/a.h"', '"client/lib/client.h"'),
    ("client/cli/a.cc", "<grpcpp/grpcpp.h>", "<CLI/CLI.hpp>"),
    ("client/cli/a.cc", "<curl/curl.h>", "<fmt/format.h>"),
)


class TidyTest(unittest.TestCase):
    def test_each_check_finds_its_offence_and_only_that(self):
        for rule, path, bad, line, good in CASES:
            with self.subTest(rule=rule.__name__, path=path, bad=bad[:60]):
                self.assertEqual([line], [where for where, _ in findings(rule, path, bad)])
                self.assertEqual([], findings(rule, path, good))

    def test_include_table(self):
        for path, bad, good in INCLUDES:
            with self.subTest(path=path, bad=bad):
                found = findings(include_table.include_table, path, f"\n#include {bad}\n#include {good}\n")
                self.assertEqual([(2, "include-table")], found)

    def test_tests_may_include_everything(self):
        text = "#include <rocksdb/db.h>\n#include \"server/server.h\"\n"
        self.assertEqual([], findings(include_table.include_table, "tests/storage/a.cc", text))

    def test_heavy_library_in_three_files(self):
        files = [SourceFile(f"storage/{name}.cc", "#include <rocksdb/db.h>\n") for name in "abc"]
        self.assertEqual(1, len(list(include_table.heavy_libraries(files))))
        self.assertEqual([], list(include_table.heavy_libraries(files[:2])))

    def test_lucene_is_at_home_in_all_of_index_text(self):
        files = [SourceFile(f"index/text/{name}.cc", "#include <lucene++/Lucene.h>\n") for name in "abc"]
        self.assertEqual([], list(include_table.heavy_libraries(files)))

    def test_digest_is_the_one_exception(self):
        text = "#include <openssl/evp.h>\n"
        self.assertEqual([], findings(include_table.include_table, "base/digest.cc", text))

    def test_every_check_that_runs_has_a_case(self):
        tested = {case[0] for case in CASES} | {include_table.include_table}
        self.assertEqual(set(tidy.FILE_CHECKS), tested)


if __name__ == "__main__":
    unittest.main()
